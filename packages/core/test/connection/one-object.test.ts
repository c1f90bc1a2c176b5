import { describe, expect, test } from 'vitest'
import type { Connection } from '../../src/connection/connection.ts'
import { createEndpoint } from '../../src/endpoint/endpoint.ts'
import { loop } from '../../src/session/loop.ts'
import { connect } from '../support/connect.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { setUp } from '../support/one-connection.ts'
import { setUpIdle } from '../support/one-loop.ts'

/** What the application may see of a connection, and nothing else. */
const SURFACE = [
  'bufferedAmount',
  'close',
  'closed',
  'constructor',
  'context',
  'flush',
  'id',
  'isOpen',
  'params',
  'pause',
  'protocol',
  'remoteAddress',
  'resume',
  'roundTripTime',
  'send',
  'sendAndWait',
  'terminate',
  'toJSON',
  'transport',
]

function membersOf(connection: object): string[] {
  const members = new Set<string>()
  for (let one = connection; one !== Object.prototype; one = Object.getPrototypeOf(one)) {
    for (const name of Object.getOwnPropertyNames(one)) members.add(name)
  }
  return [...members].sort()
}

describe('a connection', () => {
  test('is the same object in handlers, in events and among the connections', () => {
    const seen: Connection[] = []
    const note = (connection: Connection) => void seen.push(connection)
    const clock = new ManualClock()
    const endpoint = createEndpoint({
      clock,
      session: { open: note, message: note, drain: note, close: note },
    })
    endpoint.on('open', note)
    endpoint.on('roundTrip', note)
    endpoint.on('close', note)
    const transport = connect(endpoint)
    const [first] = endpoint.connections
    transport.receive('hello')
    transport.drain()
    clock.advance(120_000)
    transport.ponged()
    transport.end('client', 1000)
    expect(seen).toHaveLength(7)
    for (const one of seen) expect(one).toBe(first)
  })

  test('is that object in a loop session too', () => {
    const seen: Connection[] = []
    const endpoint = createEndpoint({
      clock: new ManualClock(),
      session: loop(async (connection) => {
        seen.push(connection)
        await connection.closed
      }),
    })
    connect(endpoint)
    expect(seen).toEqual([...endpoint.connections])
    expect(endpoint.connections.has(seen[0] as Connection<undefined>)).toBe(true)
  })

  test.each([
    ['handlers', () => setUp().connection],
    ['a loop', () => setUpIdle().connection],
  ])('of %s shows its public surface only', (_style, open) => {
    expect(membersOf(open())).toEqual(SURFACE)
  })

  test('tells of its end by a promise, after its session, whenever that is asked for', async () => {
    const order: string[] = []
    const { connection, transport, events } = setUp({
      session: { close: () => order.push('session') },
    })
    connection.closed.then(() => order.push('promise'))
    transport.end('client', 4000, 'bye')
    expect(await connection.closed).toBe(events[0])
    expect(order).toEqual(['session', 'promise'])
  })

  test('of handlers cannot be iterated, and says what can', async () => {
    const { connection } = setUp()
    // Its type does not offer it.
    const iterable = connection as Connection & AsyncIterable<unknown>
    await expect(iterable[Symbol.asyncIterator]().next()).rejects.toThrow(
      'Only a loop session can iterate a connection',
    )
  })

  test('of handlers can wait for the network', async () => {
    const { connection, transport } = setUp()
    transport.result = 'queued'
    const waiting = connection.sendAndWait('a')
    transport.drain()
    expect(await waiting).toBe('sent')
  })
})

describe('a loop session that pauses its connection itself', () => {
  const full = 'x'.repeat(200)

  test('is not overruled when its queue has room again', async () => {
    const { connection, messages, transport } = setUpIdle({ receiveBufferSize: 300 })
    transport.receive(full)
    transport.receive(full)
    expect(transport.isPaused).toBe(true)
    connection.pause()
    await messages.next()
    await messages.next()
    expect(transport.isPaused).toBe(true)
    connection.resume()
    expect(transport.isPaused).toBe(false)
  })

  test('cannot overrule a full queue', async () => {
    const { connection, messages, transport } = setUpIdle({ receiveBufferSize: 300 })
    connection.pause()
    transport.receive(full)
    transport.receive(full)
    connection.resume()
    expect(transport.isPaused).toBe(true)
    await messages.next()
    await messages.next()
    expect(transport.isPaused).toBe(false)
  })
})
