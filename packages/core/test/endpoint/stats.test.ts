import { describe, expect, test } from 'vitest'
import type { ShutdownReport } from '../../src/endpoint/shutdown.ts'
import { connect } from '../support/connect.ts'
import { handshake } from '../support/handshake.ts'
import { handshakeRequest } from '../support/handshake-request.ts'
import { settle, setUp as setUpOne, X } from '../support/one-connection.ts'
import { pend, setUp } from '../support/one-endpoint.ts'

describe('the figures of an endpoint', () => {
  test('are all zero in the beginning', () => {
    const { endpoint } = setUp()
    const { ends, refusals, pings, ...others } = endpoint.stats()
    expect(new Set([...Object.values(ends), ...Object.values(refusals)])).toEqual(new Set([0]))
    expect(pings.roundTripTime.buckets.every(({ count }) => count === 0)).toBe(true)
    expect(pings).toMatchObject({ sent: 0, answered: 0, roundTripTime: { sum: 0, max: undefined } })
    expect(others).toEqual({
      connections: { open: 0, opened: 0 },
      pendingHandshakes: 0,
      lingering: 0,
      received: { messages: 0, bytes: 0 },
      sent: { messages: 0, bytes: 0 },
      bufferedBytes: 0,
      shutdown: undefined,
    })
  })

  test('count connections that open and end, by cause', () => {
    const { endpoint } = setUp()
    const [first, second] = [connect(endpoint), connect(endpoint), connect(endpoint)]
    first?.end('lost')
    second?.end('client', 1000)
    const { connections, ends } = endpoint.stats()
    expect(connections).toEqual({ open: 1, opened: 3 })
    expect(ends).toMatchObject({ lost: 1, client: 1, server: 0 })
  })

  test('add up already when a connection is told to have opened or ended', () => {
    const { endpoint } = setUp()
    const seen: unknown[] = []
    endpoint.on('open', () => seen.push(endpoint.stats().connections))
    endpoint.on('close', () => seen.push(endpoint.stats().connections, endpoint.stats().ends.lost))
    connect(endpoint).end('lost')
    expect(seen).toEqual([{ open: 1, opened: 1 }, { open: 0, opened: 1 }, 1])
  })

  test('stay what they were when the endpoint goes on', () => {
    const { endpoint } = setUp({ allowedOrigins: [] })
    const before = endpoint.stats()
    const copy = structuredClone(before)
    connect(endpoint).end('lost')
    handshake(endpoint, handshakeRequest({ headers: { Origin: 'https://evil.example' } }))
    endpoint.close()
    expect(before).toEqual(copy)
    expect(endpoint.stats()).not.toEqual(copy)
  })

  test('count messages and their bytes, text in UTF-8', () => {
    const { endpoint, connection, transport } = setUpOne()
    transport.receive('é')
    transport.receive(new Uint8Array(5))
    connection.send('€uro')
    connection.send(new Uint8Array(3))
    expect(endpoint.stats().received).toEqual({ messages: 2, bytes: 7 })
    expect(endpoint.stats().sent).toEqual({ messages: 2, bytes: 9 })
  })

  test('leave out messages that the transport does not take', () => {
    const { endpoint, connection, transport } = setUpOne()
    transport.result = 'closed'
    connection.send('one')
    connection.close()
    connection.send('two')
    expect(endpoint.stats().sent).toEqual({ messages: 0, bytes: 0 })
  })

  test('tell how many handshakes wait for an answer', () => {
    const { endpoint } = setUp({ authorize: () => new Promise<never>(() => {}) })
    const pending = pend(endpoint)
    pend(endpoint)
    expect(endpoint.stats().pendingHandshakes).toBe(2)
    pending.abandon()
    expect(endpoint.stats().pendingHandshakes).toBe(1)
  })
})

describe('a shutdown', () => {
  test('shows how far it has come, and its report once it is over', async () => {
    const { endpoint } = setUp()
    const [first, second] = [connect(endpoint), connect(endpoint)]
    const closing = endpoint.close()
    first.end('client', 1001)
    const halfway = { total: 2, remaining: 1, clean: 1, terminated: 0, causes: { shutdown: 1 } }
    const { shutdown } = endpoint.stats()
    second.end('lost')
    expect(shutdown).toEqual(halfway)
    expect(endpoint.stats().shutdown).toEqual({ ...(await closing), remaining: 0 })
  })

  test('is told once when it begins and once when it ends, even when nobody is there', async () => {
    const { endpoint } = setUp()
    const told: (number | ShutdownReport)[] = []
    endpoint.on('shutdownStart', (connections) => told.push(connections))
    endpoint.on('shutdownEnd', (report) => told.push(report))
    endpoint.close()
    const report = await endpoint.close()
    expect(told).toEqual([0, report])
  })

  test('is told to have ended when the last connection has gone', async () => {
    const { endpoint } = setUp()
    const transport = connect(endpoint)
    const told: unknown[] = []
    endpoint.on('shutdownStart', (connections) => told.push(connections))
    endpoint.on('shutdownEnd', ({ causes }) => told.push(causes))
    endpoint.close()
    await settle()
    expect(told).toEqual([1])
    transport.end('client', 1001)
    await settle()
    expect(told).toEqual([1, { shutdown: 1 }])
  })
})

describe('a ping', () => {
  /** A connection whose first ping was just sent. */
  function setUpPinged(setting: Parameters<typeof setUpOne>[0] = {}) {
    const world = setUpOne(setting)
    for (let i = 0; i < X && !world.transport.callNames.includes('ping'); i++) {
      world.clock.advance(1)
    }
    const told: unknown[] = []
    world.endpoint.on('roundTrip', (connection, milliseconds) =>
      told.push([connection, milliseconds]),
    )
    return { ...world, told }
  }

  test('that is answered shows how long that took', () => {
    const { clock, connection, endpoint, transport, told } = setUpPinged()
    expect(connection.roundTripTime).toBeUndefined()
    clock.advance(12.34)
    transport.ponged()
    expect(connection.roundTripTime).toBeCloseTo(12.3, 0)
    expect(told).toEqual([[connection, connection.roundTripTime]])
    const { roundTripTime, ...counts } = endpoint.stats().pings
    expect(counts).toEqual({ sent: 1, answered: 1 })
    expect(roundTripTime).toMatchObject({ sum: connection.roundTripTime })
  })

  test('that was not sent cannot be answered', () => {
    const { connection, endpoint, transport } = setUpOne()
    transport.ponged()
    expect(connection.roundTripTime).toBeUndefined()
    expect(endpoint.stats().pings).toMatchObject({ sent: 0, answered: 0 })
  })

  test('of the peer is no answer', () => {
    const { endpoint, transport } = setUpPinged()
    transport.pinged()
    expect(endpoint.stats().pings).toMatchObject({ sent: 1, answered: 0 })
  })

  test('is answered once', () => {
    const { endpoint, transport } = setUpPinged()
    transport.ponged()
    transport.ponged()
    expect(endpoint.stats().pings).toMatchObject({ sent: 1, answered: 1 })
  })

  test('that overtakes the answer to an earlier one does not make that answer look quick', () => {
    const { clock, connection, endpoint, transport } = setUpPinged({ clientTimeout: 10 * X })
    clock.advance(X + 100)
    expect(endpoint.stats().pings.sent).toBe(2)
    transport.ponged()
    expect(connection.roundTripTime).toBe(X + 100)
  })

  test('is not measured while the session has paused the reading', () => {
    const { clock, connection, endpoint, transport } = setUpPinged()
    connection.pause()
    clock.advance(1.5 * X)
    connection.resume()
    transport.ponged()
    expect(endpoint.stats().pings).toMatchObject({ sent: 2, answered: 0 })
  })

  test('whose answer comes after the connection has begun to close is not measured', () => {
    const { connection, endpoint, transport } = setUpPinged()
    connection.close()
    transport.ponged()
    expect(endpoint.stats().pings.answered).toBe(0)
  })
})
