import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, test, vi } from 'vitest'
import { TurnBudget } from '../../src/connection/turn-budget.ts'
import { ManualClock } from '../../src/testing.ts'
import { connect } from '../support/connect.ts'
import type { FakeTransportOptions } from '../support/fake-transport.ts'
import { type Setting, settle, setUp } from '../support/one-connection.ts'
import { setUp as setUpLoop } from '../support/one-loop.ts'

/** What may be handled in a turn for which no time passes. */
const SHARE = 128
/** More than two turns may take. */
const MANY = 300
/** Bytes that each thing counts more than it has. */
const OVERHEAD = 64

const canHold: Setting = { transport: { canHold: true } }
const cannotPause = { transport: { lacks: ['pause'] } } satisfies Setting

type Transport = ReturnType<typeof setUp>['transport']

const send = (transport: Transport, count: number, from = 0): void => {
  for (let i = 0; i < count; i++) transport.receive(`${from + i}`)
}
const numbers = (count: number): string[] => Array.from({ length: count }, (_, i) => `${i}`)

describe('on an engine that can stop', () => {
  test('it is told to when a connection has had its share of the turn', () => {
    const { transport, messages } = setUp(canHold)
    send(transport, SHARE)
    expect(transport.callNames).toEqual([])
    send(transport, 1, SHARE)
    expect(transport.callNames).toEqual(['holdTurn'])
    expect(messages).toEqual(numbers(SHARE + 1))
  })

  test.each(['pinged', 'ponged'] as const)('what has %s counts as well', (what) => {
    const { transport } = setUp(canHold)
    for (let i = 0; i < SHARE; i++) transport[what]()
    expect(transport.callNames).toEqual([])
    transport[what]()
    expect(transport.callNames).toEqual(['holdTurn'])
  })

  test.each([
    ['a tenth of a millisecond', 0.1, 8 + 56],
    ['a millisecond', 1, 8 + 8 + 4],
    ['five milliseconds', 5, 8 + 8 + 3],
  ])('the share is smaller where messages take %s', (_what, time, share) => {
    const { clock, transport } = setUp({
      ...canHold,
      session: { message: () => clock.stall(time) },
    })
    send(transport, share)
    expect(transport.callNames).toEqual([])
    send(transport, 1)
    expect(transport.callNames).toEqual(['holdTurn'])
  })

  test('no share is spent by a process that was stopped', () => {
    const { clock, transport } = setUp(canHold)
    for (let stops = 0; stops < 3; stops++) {
      send(transport, 24)
      clock.stall(1_000)
    }
    send(transport, 24)
    expect(transport.callNames).toEqual([])
  })

  test('a connection has its share again in the next turn', () => {
    const { clock, transport } = setUp(canHold)
    for (let turn = 0; turn < 3; turn++) {
      send(transport, SHARE)
      clock.endTurn()
    }
    expect(transport.callNames).toEqual([])
  })

  test('others are not held up by what one has had', () => {
    const { endpoint, transport } = setUp(canHold)
    const other = connect(endpoint, canHold.transport)
    send(transport, SHARE)
    send(other, 1)
    send(transport, SHARE)
    expect(transport.callNames).toEqual([])
  })
})

describe('on an engine that cannot stop', () => {
  test('what is more than a share is handled in later turns, in order', () => {
    const { clock, transport, messages } = setUp(cannotPause)
    send(transport, MANY)
    expect(messages).toEqual(numbers(SHARE))
    clock.endTurn()
    expect(messages).toEqual(numbers(2 * SHARE))
    send(transport, 1, MANY)
    clock.endTurn()
    expect(messages).toEqual(numbers(MANY + 1))
    clock.endTurn()
    send(transport, 1, MANY + 1)
    expect(messages).toEqual(numbers(MANY + 2))
    expect(transport.callNames).toEqual([])
  })

  test('nothing more is read until that is handled, where the engine can pause', () => {
    const { clock, transport, messages } = setUp()
    send(transport, MANY)
    expect(transport.callNames).toEqual(['pause'])
    for (let turns = 0; turns < 3; turns++) clock.endTurn()
    expect(messages).toEqual(numbers(MANY))
    expect(transport.callNames).toEqual(['pause', 'resume'])
  })

  test('a pause of the session outlasts that', () => {
    const { clock, connection, transport } = setUp()
    send(transport, MANY)
    connection.pause()
    for (let turns = 0; turns < 3; turns++) clock.endTurn()
    expect(transport.callNames).toEqual(['pause'])
    connection.resume()
    expect(transport.isPaused).toBe(false)
  })

  test('time alone counts where promises run after every message', () => {
    const { clock, transport, messages } = setUp({ transport: { lacks: ['pause'], waiters: 1 } })
    send(transport, 10 * SHARE)
    expect(messages).toHaveLength(10 * SHARE)
    for (let stops = 0; stops < 4; stops++) {
      clock.stall(2)
      send(transport, 8, 10 * SHARE + 8 * stops)
    }
    expect(messages.length).toBeLessThan(10 * SHARE + 32)
    clock.endTurn()
    expect(messages).toEqual(numbers(10 * SHARE + 32))
  })

  test('text and bytes of every size wait, as a copy', () => {
    const { clock, transport, messages } = setUp(cannotPause)
    send(transport, SHARE)
    const sizes = [0, 1, 1_000, 0, 100_000, 70_000, 3, 65_531]
    const sent = sizes.map((size) => new Uint8Array(size).fill(size % 251))
    const copies = sent.map((data) => data.slice())
    for (const data of sent) {
      transport.receive(data)
      data.fill(255)
      transport.receive('é')
    }
    clock.endTurn()
    expect(messages.slice(SHARE)).toEqual(copies.flatMap((data) => [data, 'é']))
  })

  test.each<[string, (transport: Transport) => void]>([
    ['messages', (transport) => transport.receive('')],
    ['pings', (transport) => transport.pinged()],
    ['pongs', (transport) => transport.ponged()],
  ])(
    '%s that come to more than receiveBufferSize end as a slow consumer, at once',
    (_name, give) => {
      const room = 100
      const { clock, transport, events } = setUp({
        ...cannotPause,
        receiveBufferSize: room * OVERHEAD,
      })
      for (let i = 0; i < SHARE + room; i++) give(transport)
      expect(events).toEqual([])
      give(transport)
      expect(transport.callNames).toEqual(['terminate'])
      expect(events).toEqual([{ cause: 'slow-consumer', code: 1006, reason: '', wasClean: false }])
      clock.endTurn()
      expect(transport.forbiddenCalls).toEqual([])
      expect(events).toHaveLength(1)
    },
  )

  test('what came before the end is handed over before it', () => {
    const { clock, transport, messages, told, events } = setUp(cannotPause)
    send(transport, MANY)
    transport.end('client', 1000)
    clock.endTurn()
    expect(events).toEqual([])
    clock.endTurn()
    expect(messages).toEqual(numbers(MANY))
    expect(told.at(-1)).toBe('close')
    expect(events).toMatchObject([{ cause: 'client', code: 1000, wasClean: true }])
    expect(transport.forbiddenCalls).toEqual([])
  })

  test('a session that terminates a connection which has ended is handed nothing more', async () => {
    const { clock, connection, transport, messages, events } = setUp(cannotPause)
    send(transport, MANY)
    transport.end('client', 1000)
    connection.terminate()
    connection.terminate()
    clock.endTurn()
    await settle()
    expect(messages).toHaveLength(SHARE)
    expect(events).toMatchObject([{ cause: 'client', code: 1000 }])
  })

  test('a session that closes is handed nothing more', async () => {
    const { clock, transport, messages, events } = setUp({
      ...cannotPause,
      session: {
        message: (connection, message) => void (message === `${SHARE + 9}` && connection.close()),
      },
    })
    send(transport, MANY)
    clock.endTurn()
    expect(messages).toHaveLength(SHARE + 10)
    transport.end('client', 1000)
    clock.endTurn()
    expect(messages).toHaveLength(SHARE + 10)
    expect(events).toMatchObject([{ cause: 'server', code: 1000 }])
  })
})

describe('a loop session', () => {
  const setUpReader = (setting: Parameters<typeof setUpLoop>[1]) => {
    const read: unknown[] = []
    const world = setUpLoop(async (connection) => {
      for await (const message of connection) read.push(message)
    }, setting)
    return { ...world, read }
  }

  test.each<[string, FakeTransportOptions]>([
    ['can stop', { canHold: true }],
    ['can pause', {}],
    ['cannot pause', { lacks: ['pause'] }],
  ])(
    'reads no more than its share of an engine that %s, and the rest in order',
    async (_what, transport) => {
      const { clock, transport: network, read } = setUpReader({ transport })
      send(network, MANY)
      await nextTurn()
      expect(read.length).toBeGreaterThan(1)
      expect(read.length).toBeLessThanOrEqual(SHARE + 1)
      for (let turns = 0; turns < 3; turns++) {
        clock.endTurn()
        await nextTurn()
      }
      expect(read).toEqual(numbers(MANY))
    },
  )

  test('has heartbeats answered within its share, and the rest in later turns', () => {
    const { clock, transport } = setUpReader({ ...cannotPause, heartbeatMessage: 'beat' })
    for (let i = 0; i < MANY; i++) transport.receive('beat')
    expect(transport.sent).toHaveLength(SHARE)
    clock.endTurn()
    expect(transport.sent).toHaveLength(2 * SHARE)
    clock.endTurn()
    expect(transport.sent).toHaveLength(MANY)
  })

  test('is held after its share of heartbeats by an engine that can stop', () => {
    const { transport } = setUpReader({ ...canHold, heartbeatMessage: 'beat' })
    for (let i = 0; i < SHARE; i++) transport.receive('beat')
    expect(transport.callNames).not.toContain('holdTurn')
    transport.receive('beat')
    expect(transport.callNames).toContain('holdTurn')
    expect(transport.sent).toHaveLength(SHARE + 1)
  })

  test('reads no more than its share when another one reads at the same time', async () => {
    const { endpoint, transport, read } = setUpReader({ transport: { waiters: 2 } })
    const other = connect(endpoint, { waiters: 2 })
    for (const network of [transport, other]) {
      // The first ones do not wait for the end of the turn.
      for (let i = 0; i < 16; i++) {
        network.receive('')
        await settle()
      }
      send(network, MANY)
    }
    const before = read.length
    transport.endTurn()
    other.endTurn()
    await nextTurn()
    expect(read.length - before).toBeLessThanOrEqual(2 * (SHARE + 1))
  })

  test('reading goes on after a pause, also when a turn hands over the last message', async () => {
    const { clock, transport, read } = setUpReader({ receiveBufferSize: 1_000 })
    for (let i = 0; i < SHARE; i++) {
      transport.receive('')
      await settle()
    }
    const large = 'x'.repeat(1_000)
    transport.receive(large)
    expect(read).toHaveLength(SHARE)
    expect(transport.isPaused).toBe(true)
    clock.endTurn()
    await settle()
    expect(read.at(-1)).toBe(large)
    expect(transport.isPaused).toBe(false)
  })

  test('a client that sends more than is kept for later turns is disconnected at once', async () => {
    const { transport, events } = setUpReader({
      transport: { lacks: ['pause'] },
      receiveBufferSize: 100_000,
    })
    send(transport, MANY)
    await nextTurn()
    // The session has read its share, and waits for the next turn.
    for (let i = 0; i < 1_000 && events.length === 0; i++) transport.receive('')
    expect(transport.callNames).toEqual(['terminate'])
    expect(events).toMatchObject([{ cause: 'slow-consumer', code: 1006 }])
  })
})

test('sixteen messages in a row wait for no turn, and all that follow for one', () => {
  const clock = new ManualClock()
  const afterTurn = vi.spyOn(clock, 'afterTurn')
  const budget = new TurnBudget(clock)
  const taker = { maxTogether: Number.POSITIVE_INFINITY }
  const take = (count: number): void => {
    for (let i = 0; i < count; i++) expect(budget.take(taker)).toBe(true)
  }
  take(16)
  expect(afterTurn).not.toHaveBeenCalled()
  take(100)
  expect(afterTurn).toHaveBeenCalledOnce()
})
