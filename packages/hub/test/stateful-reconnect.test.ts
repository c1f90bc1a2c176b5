import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { streamOf } from '../src/definition/parameter.ts'
import type { HubOptions } from '../src/options.ts'
import {
  define,
  gate,
  method,
  setUp,
  type TestClient,
  type TestContext,
} from './support/one-hub.ts'
import { invocation, item, result } from './support/peer.ts'
import { STATEFUL, StatefulPeer } from './support/stateful-peer.ts'

type Options = HubOptions<TestClient, TestContext>

/** A hub whose clients may come back, and one of them. */
async function start(options: Options = {}, endpointOptions = {}) {
  const added: number[] = []
  const ends: string[] = []
  const waiting = gate()
  const definition = define({
    add: method([z.int()], (_, number) => void added.push(number)),
    join: method([z.string()], ({ groups }, group) => groups.add(group)),
    wait: method([], () => waiting.promise),
    big: method([z.int()], (_, size) => 'x'.repeat(size)),
    echo: method([streamOf(z.string())], async function* (_, texts) {
      yield* texts
    }),
    ask: method([], ({ clients }) => clients.caller.invoke('ask', { timeout: 60_000 }, 'who?')),
  })
  const world = setUp(
    definition,
    { disconnected: (_, { cause, error }) => void ends.push(`${cause}: ${error}`), ...options },
    { keepAliveInterval: 15_000, aliveOn: 'message', ...STATEFUL, ...endpointOptions },
  )
  const peer = await StatefulPeer.connect(world.endpoint)
  const [connection] = world.endpoint.connections
  if (connection === undefined) throw new Error('There is no connection.')
  return { ...world, added, ends, waiting, peer, connection }
}

const said = (text: string) => ({ type: 1, target: 'said', arguments: [text] })

describe('a connection that is cut', () => {
  test('is sent again all that it may not have, by whatever way it was sent', async () => {
    const { hub, peer, connection } = await start()
    peer.say(invocation('1', 'join', 'room'))
    await expect.poll(() => peer.heard).toHaveLength(1)
    peer.acknowledge()
    peer.cut()
    hub.clients.group('room').send('said', 'group')
    hub.clients.all.send('said', 'all')
    hub.clients.connection(connection.id).send('said', 'one')
    await peer.comeBack()
    expect(peer.heard.slice(1)).toEqual(['group', 'all', 'one'].map(said))
    expect(peer.counts.get(3)).toBe(1)
  })

  test('is sent once what it has acknowledged', async () => {
    const { hub, peer } = await start()
    for (const text of ['a', 'b', 'c']) hub.clients.all.send('said', text)
    peer.acknowledge(2)
    peer.cut()
    await peer.comeBack()
    expect(peer.heard).toEqual(['a', 'b', 'c'].map(said))
    expect(peer.counts.get(1)).toBe(4)
  })

  test('does nothing twice that the client sends again', async () => {
    const { added, peer } = await start()
    peer.say(invocation(undefined, 'add', 1), invocation(undefined, 'add', 2))
    peer.sayInVain(invocation(undefined, 'add', 3))
    peer.cut()
    peer.say(invocation(undefined, 'add', 4))
    await peer.comeBack()
    expect(added).toEqual([1, 2, 3, 4])
  })

  test('goes on with a call that runs, and with one that asks its client', async () => {
    const { peer, waiting } = await start({ maxParallelCalls: 2 })
    peer.say(invocation('1', 'wait'), invocation('2', 'ask'))
    peer.cut()
    waiting.open()
    await peer.comeBack()
    await expect.poll(() => peer.heard).toHaveLength(2)
    const asked = peer.heard.find(({ type }) => type === 1)
    peer.say({ type: 3, invocationId: asked?.['invocationId'], result: 'me' })
    await expect.poll(() => peer.heard).toContainEqual(result('2', 'me'))
    expect(peer.heard).toContainEqual(result('1', null))
  })

  test('forgets what had come of a record', async () => {
    const { added, peer } = await start()
    peer.client.send('{"type":1,"target":"add","argu')
    peer.cut()
    await peer.comeBack()
    peer.say(invocation(undefined, 'add', 1))
    expect(added).toEqual([1])
  })

  test('has ended when the client does not come back', async () => {
    const { clock, ends, peer } = await start()
    peer.cut()
    clock.advance(14_999)
    expect(ends).toEqual([])
    clock.advance(1)
    expect(ends).toEqual(['lost: undefined'])
    expect(clock.pending).toBe(0)
  })

  test('is pinged no more meanwhile, and again later', async () => {
    const { clock, peer } = await start()
    peer.cut()
    clock.advance(14_000)
    await peer.comeBack()
    expect(peer.counts.get(6)).toBeUndefined()
    clock.advance(16_000)
    expect(peer.counts.get(6)).toBeGreaterThan(0)
  })

  test('has ended where the client speaks version 1', async () => {
    const { endpoint, ends } = await start()
    const peer = await StatefulPeer.connect(endpoint, 1)
    peer.cut()
    expect(ends).toEqual(['lost: undefined'])
  })

  test('may be cut while the client sends again what was acknowledged meanwhile', async () => {
    const { clock, added, peer } = await start()
    for (const number of [1, 2, 3]) peer.say(invocation(undefined, 'add', number))
    peer.cut()
    await peer.comeBack(1)
    clock.advance(1_000)
    expect(peer.outstanding).toBe(0)
    peer.cut()
    await peer.comeBack()
    peer.say(invocation(undefined, 'add', 4))
    expect(added).toEqual([1, 2, 3, 4])
  })
})

describe('what a client sends', () => {
  test('is acknowledged within a second', async () => {
    const { clock, peer } = await start()
    peer.say(invocation(undefined, 'add', 1), { type: 6 }, invocation(undefined, 'add', 2))
    clock.advance(999)
    expect(peer.outstanding).toBe(2)
    clock.advance(1)
    expect(peer.outstanding).toBe(0)
    expect(peer.counts.get(8)).toBe(1)
    clock.advance(10_000)
    expect(peer.counts.get(8)).toBe(1)
  })

  test('is acknowledged at once when it is much', async () => {
    const { peer } = await start()
    peer.say(invocation(undefined, 'no such method', 'x'.repeat(10_000)))
    expect(peer.outstanding).toBe(1)
    peer.say(invocation(undefined, 'no such method', 'x'.repeat(10_000)))
    expect(peer.outstanding).toBe(0)
  })

  test('is acknowledged once more by another wire', async () => {
    const { clock, peer } = await start()
    peer.say(invocation(undefined, 'add', 1))
    peer.cut()
    clock.advance(5_000)
    await peer.comeBack()
    expect(peer.outstanding).toBe(1)
    clock.advance(1_000)
    expect(peer.outstanding).toBe(0)
  })

  test.each([
    ['an acknowledgement of what was not sent', { type: 8, sequenceId: 1 }, 'acknowledged'],
    ['a number beyond the next one', { type: 9, sequenceId: 2 }, 'Sequence ID greater'],
  ])('%s ends the connection', async (_, record, why) => {
    const { ends, peer } = await start({ detailedErrors: true })
    peer.say(record)
    expect(peer.heard).toEqual([
      { type: 7, error: expect.stringContaining(why), allowReconnect: true },
    ])
    await expect.poll(() => ends).toEqual([expect.stringContaining('protocol-error: ')])
    await expect(peer.comeBack()).rejects.toThrow('404')
  })
})

describe('what was not acknowledged', () => {
  const STREAM = { type: 4, invocationId: '1', target: 'echo', arguments: [], streamIds: ['s'] }
  const text = 'x'.repeat(200)

  test('holds a stream back over reconnectBufferSize, also when its client must be read for that', async () => {
    const { peer, clock } = await start({ reconnectBufferSize: 1_000 })
    peer.say(STREAM)
    for (let count = 0; count < 30; count++) peer.say(item('s', text))
    peer.say({ type: 3, invocationId: 's' })
    await expect.poll(() => peer.heard.length).toBeGreaterThan(3)
    await turns(clock)
    expect(peer.heard).toHaveLength(5)
    // Behind more than may wait of a stream.
    for (let before = -1; before < peer.heard.length; ) {
      before = peer.heard.length
      peer.acknowledge()
      await turns(clock)
    }
    expect(peer.heard.map(({ item: sent }) => sent)).toEqual([
      ...Array.from({ length: 30 }, () => text),
      undefined,
    ])
  })

  test('holds further calls of the client back', async () => {
    const { added, peer } = await start({ reconnectBufferSize: 1_000 })
    peer.say(invocation('1', 'big', 1_000), invocation(undefined, 'add', 1))
    expect(added).toEqual([])
    peer.acknowledge()
    expect(added).toEqual([1])
  })

  test('has small records of the client count for what they take while they wait', async () => {
    const { ends, peer } = await start({ reconnectBufferSize: 1_000, receiveBufferSize: 5_000 })
    peer.say(invocation('1', 'big', 1_000))
    for (let count = 0; count < 50; count++) peer.say({ type: 6 })
    expect(peer.isConnected).toBe(true)
    for (let count = 0; count < 50; count++) peer.say({ type: 6 })
    await expect.poll(() => ends).toEqual([expect.stringContaining('slow-consumer: ')])
  })

  test('ends the connection as a slow consumer with maxBufferedAmount more', async () => {
    const { hub, ends, peer } = await start(
      { reconnectBufferSize: 1_000 },
      { maxBufferedAmount: 10_000 },
    )
    for (let count = 0; count < 100; count++) hub.clients.all.send('said', text)
    expect(peer.heard.length).toBeLessThan(55)
    await expect.poll(() => ends).toEqual(['slow-consumer: undefined'])
  })
})

test('whatever is cut, lost and sent again, each end has all of the other, once and in order', async () => {
  const actions = fc.array(
    fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom('call', 'push', 'publish') },
      { weight: 3, arbitrary: fc.constantFrom('acknowledge', 'second', 'cut', 'come back') },
      {
        weight: 2,
        arbitrary: fc.constantFrom(
          'call in vain',
          'stop reading',
          'take over',
          'come back in part',
        ),
      },
    ),
    { size: '+1' },
  )
  await fc.assert(
    fc.asyncProperty(actions, async (actions) => {
      const { hub, clock, added, ends, peer, connection } = await start()
      let [called, pushed] = [0, 0]
      for (const action of [...actions, 'take over']) {
        switch (action) {
          case 'call':
            peer.say(invocation(undefined, 'add', called++))
            break
          case 'push':
            hub.clients.connection(connection.id).send('said', String(pushed++))
            break
          case 'publish':
            hub.clients.all.send('said', String(pushed++))
            break
          case 'acknowledge':
            peer.acknowledge()
            break
          case 'second':
            clock.advance(1_000)
            break
          case 'call in vain':
            peer.sayInVain(invocation(undefined, 'add', called++))
            peer.cut()
            break
          case 'stop reading':
            // What is sent from now on is lost with the wire.
            if (peer.isConnected) peer.client.pause()
            break
          case 'cut':
            peer.cut()
            break
          case 'come back':
            if (!peer.isConnected) await peer.comeBack()
            break
          case 'come back in part':
            await peer.comeBack(1)
            clock.advance(1_000)
            peer.cut()
            break
          case 'take over':
            await peer.comeBack()
            break
        }
        // It has to come back in time.
        if (!peer.isConnected && clock.now() % 10_000 === 0) await peer.comeBack()
      }
      expect(ends).toEqual([])
      expect(added).toEqual(Array.from({ length: called }, (_, i) => i))
      expect(peer.heard).toEqual(Array.from({ length: pushed }, (_, i) => said(String(i))))
      clock.advance(1_000)
      expect(peer.outstanding).toBe(0)
    }),
  )
})

/** Lets promises and what waits for a turn go on. */
async function turns(clock: { advance(milliseconds: number): void }): Promise<void> {
  for (let count = 0; count < 30; count++) {
    await new Promise((resolve) => setImmediate(resolve))
    clock.advance(0)
  }
}
