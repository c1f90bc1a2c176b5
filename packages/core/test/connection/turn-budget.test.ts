import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { connect } from '../support/connect.ts'
import { type Setting, settle, setUp } from '../support/one-connection.ts'
import { setUp as setUpLoop } from '../support/one-loop.ts'

/** What may be handled in a turn where the engine can stop, and two for which no time is taken. */
const SHORT = 256 + 2
/** The same where it cannot, as far as the looks at the clock go, of which one is every 32 messages. */
const LONG = 4_096 + 2
/** More than that. */
const MANY = 5_000

const canHold: Setting = { transport: { canHold: true } }
const cannotPause: Setting = { transport: { canPause: false } }

const send = (transport: { receive(message: string): void }, count: number, from = 0): void => {
  for (let i = 0; i < count; i++) transport.receive(`${from + i}`)
}
const numbers = (count: number): string[] => Array.from({ length: count }, (_, i) => `${i}`)

describe('in one turn of the event loop', () => {
  test('an engine that can stop is told to, and not before the share is had', () => {
    const { transport, messages } = setUp(canHold)
    send(transport, SHORT)
    expect(transport.callNames).toEqual([])
    send(transport, 1, SHORT)
    expect(transport.callNames).toEqual(['holdTurn'])
    expect(messages).toEqual(numbers(SHORT + 1))
  })

  test.each(['pinged', 'ponged'] as const)('what has %s counts as well', (what) => {
    const { transport } = setUp(canHold)
    for (let i = 0; i < SHORT; i++) transport[what]()
    expect(transport.callNames).toEqual([])
    transport[what]()
    expect(transport.callNames).toEqual(['holdTurn'])
  })

  test('the share is smaller where messages take long', () => {
    const { clock, transport } = setUp({ ...canHold, session: { message: () => clock.stall(2) } })
    send(transport, 4)
    expect(transport.callNames).toEqual([])
    send(transport, 1)
    expect(transport.callNames).toEqual(['holdTurn'])
  })

  test('what is more is handled in the next, in order, where the engine cannot stop', () => {
    const { clock, transport, messages } = setUp(cannotPause)
    send(transport, MANY)
    expect(messages.length).toBeLessThan(MANY)
    clock.endTurn()
    send(transport, 1, MANY)
    clock.endTurn()
    expect(messages).toEqual(numbers(MANY + 1))
    expect(transport.callNames).toEqual([])
  })

  test('reading is paused meanwhile, where that is all that the engine can do', () => {
    const { clock, transport } = setUp()
    send(transport, MANY)
    expect(transport.callNames).toEqual(['pause'])
    clock.endTurn()
    expect(transport.callNames).toEqual(['pause', 'resume'])
  })

  test('what waits is a copy', () => {
    const { clock, transport, messages } = setUp(cannotPause)
    send(transport, MANY)
    const data = Uint8Array.of(1)
    transport.receive(data)
    data.fill(2)
    clock.endTurn()
    expect(messages.at(-1)).toEqual(Uint8Array.of(1))
  })

  test.each([
    ['messages', (transport: ReturnType<typeof setUp>['transport']) => transport.receive('')],
    ['pings', (transport: ReturnType<typeof setUp>['transport']) => transport.pinged()],
    ['pongs', (transport: ReturnType<typeof setUp>['transport']) => transport.ponged()],
  ])('%s that come to more than a buffer end as a slow consumer, at once', (_name, give) => {
    const receiveBufferSize = 640_000
    const { transport, events } = setUp({ ...cannotPause, receiveBufferSize })
    send(transport, MANY)
    // Each counts 64 bytes, and those that wait already their digits too.
    const room = receiveBufferSize / 64 - (MANY - LONG)
    for (let i = 0; i < room - 100; i++) give(transport)
    expect(events).toEqual([])
    for (let i = 0; i < 200; i++) if (events.length === 0) give(transport)
    expect(transport.callNames).toEqual(['terminate'])
    expect(events).toEqual([{ cause: 'slow-consumer', code: 1006, reason: '', wasClean: false }])
    expect(transport.forbiddenCalls).toEqual([])
  })

  test('others are not held up by what one has had', () => {
    const { endpoint, transport, clock } = setUp(canHold)
    const other = connect(endpoint, canHold.transport)
    send(transport, SHORT)
    send(other, 1)
    send(transport, SHORT)
    expect(transport.callNames).toEqual([])
    clock.endTurn()
  })

  test('what came before the end is handed over before it', () => {
    const { clock, transport, messages, told, events } = setUp(cannotPause)
    send(transport, MANY)
    transport.end('client', 1000)
    expect(events).toEqual([])
    clock.endTurn()
    expect(messages).toEqual(numbers(MANY))
    expect(told.at(-1)).toBe('close')
    expect(events).toMatchObject([{ cause: 'client', code: 1000, wasClean: true }])
    expect(transport.forbiddenCalls).toEqual([])
  })

  test.each([
    ['stop', { canHold: true }, SHORT],
    ['pause', {}, LONG],
  ])(
    'a loop session reads no more than its share of an engine that can %s, and the rest in order',
    async (_what, transport, share) => {
      const read: unknown[] = []
      const { clock, transport: network } = setUpLoop(
        async (connection) => {
          for await (const message of connection) read.push(message)
        },
        { transport },
      )
      send(network, MANY)
      await nextTurn()
      expect(read.length).toBeGreaterThan(1)
      expect(read.length).toBeLessThanOrEqual(share + 32)
      for (let turns = 0; turns < MANY / SHORT; turns++) {
        clock.endTurn()
        await nextTurn()
      }
      expect(read).toEqual(numbers(MANY))
    },
  )

  test('a loop session that would have to keep more than a buffer of a flood is disconnected at once', async () => {
    const { transport, events } = setUpLoop(
      async (connection) => {
        for await (const _ of connection);
      },
      { transport: { canPause: false }, receiveBufferSize: 640_000 },
    )
    // It reads all that its share allows, and then waits for the next turn.
    send(transport, MANY)
    await nextTurn()
    for (let i = 0; i < 20_000 && events.length === 0; i++) transport.receive('')
    expect(transport.callNames).toEqual(['terminate'])
    expect(events).toMatchObject([{ cause: 'slow-consumer', code: 1006 }])
  })

  test('a session that closes is handed nothing more of what waits', async () => {
    const { clock, connection, transport, messages } = setUp(cannotPause)
    send(transport, MANY)
    const handed = messages.length
    connection.close()
    clock.endTurn()
    await settle()
    expect(messages).toHaveLength(handed)
  })
})
