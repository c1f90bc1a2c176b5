import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Connection } from '../../src/connection/connection.ts'
import type { TransportCloseCause } from '../../src/connection/transport.ts'
import type { EndpointStats } from '../../src/endpoint/stats.ts'
import { connect } from '../support/connect.ts'
import type { FakeTransport } from '../support/fake-transport.ts'
import { handshake } from '../support/handshake.ts'
import { handshakeRequest } from '../support/handshake-request.ts'
import { X } from '../support/one-connection.ts'
import { setUp } from '../support/one-endpoint.ts'

type Event =
  | { readonly kind: 'open' | 'refuse' | 'shutdown' }
  | { readonly kind: 'pong' | 'ping' | 'close' | 'terminate' | 'pause'; readonly who: number }
  | { readonly kind: 'receive' | 'send' | 'queue'; readonly who: number; readonly size: number }
  | { readonly kind: 'end'; readonly who: number; readonly cause: TransportCloseCause }
  | { readonly kind: 'advance'; readonly intervals: number }

const who = fc.nat({ max: 7 })
const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ kind: 'open' as const }) },
  fc.record({ kind: fc.constantFrom('refuse' as const, 'shutdown' as const) }),
  fc.record({
    kind: fc.constantFrom('pong', 'pong', 'ping', 'close', 'terminate', 'pause'),
    who,
  }),
  fc.record({
    kind: fc.constantFrom('receive', 'send', 'queue'),
    who,
    size: fc.nat({ max: 150 }),
  }),
  fc.record({
    kind: fc.constant('end' as const),
    who,
    cause: fc.constantFrom<TransportCloseCause[]>('client', 'lost', 'protocol-error'),
  }),
  fc.record({
    kind: fc.constant('advance' as const),
    intervals: fc.double({ min: 0, max: 1.5, noNaN: true }),
  }),
)

const sum = (counts: Readonly<Record<string, number>>) =>
  Object.values(counts).reduce((total, count) => total + count, 0)

/** What must hold at every moment. */
function expectConsistent({ connections, ends, pings, shutdown }: EndpointStats): void {
  expect(connections.opened).toBe(connections.open + sum(ends))
  expect(pings.answered).toBeLessThanOrEqual(pings.sent)
  expect(pings.roundTripTime.buckets.at(-1)?.count).toBeLessThanOrEqual(pings.answered)
  if (shutdown === undefined) return
  expect(shutdown.total).toBe(shutdown.remaining + sum(shutdown.causes))
}

test('whatever lives its connections live, the figures are what was told, and add up', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), (events) => {
      const told = { open: 0, refuse: 0, close: 0, roundTrip: 0, messages: 0, bytes: 0 }
      const connections: Connection<undefined>[] = []
      const { clock, endpoint } = setUp({
        keepAliveInterval: X,
        maxMessageSize: 140,
        maxBufferedAmount: 400,
        allowedOrigins: [],
        session: {
          open: (connection) => {
            connections.push(connection)
          },
          message: (_connection, message) => {
            told.messages++
            told.bytes += message.length
          },
        },
      })
      endpoint.on('open', () => told.open++)
      endpoint.on('refuse', () => told.refuse++)
      endpoint.on('close', () => told.close++)
      endpoint.on('roundTrip', () => told.roundTrip++)
      const sent = { messages: 0, bytes: 0 }
      const transports: FakeTransport[] = []

      for (const one of events) {
        const index = 'who' in one ? one.who % Math.max(1, transports.length) : 0
        const [transport, connection] = [transports[index], connections[index]]
        if (one.kind === 'open') {
          if (endpoint.stats().shutdown === undefined) transports.push(connect(endpoint))
        } else if (one.kind === 'refuse') {
          handshake(endpoint, handshakeRequest({ headers: { Origin: 'https://evil.example' } }))
        } else if (one.kind === 'shutdown') endpoint.close()
        else if (one.kind === 'advance') clock.advance(Math.round(one.intervals * X))
        else if (transport === undefined || connection === undefined || transport.isOver) continue
        else if (one.kind === 'pong') transport.ponged()
        else if (one.kind === 'ping') transport.pinged()
        else if (one.kind === 'close') connection.close()
        else if (one.kind === 'terminate') connection.terminate()
        else if (one.kind === 'pause') connection.pause()
        else if (one.kind === 'end') transport.end(one.cause)
        else if (one.kind === 'receive') transport.receive(new Uint8Array(one.size))
        else if (one.kind === 'send' || one.kind === 'queue') {
          transport.result = one.kind === 'queue' ? 'queued' : 'sent'
          if (connection.send(new Uint8Array(one.size)) === 'closed') continue
          sent.messages++
          sent.bytes += one.size
        }
        expectConsistent(endpoint.stats())
      }

      const waiting = connections.reduce((bytes, one) => bytes + one.bufferedAmount, 0)
      const stats = endpoint.stats()
      expect(stats).toMatchObject({
        connections: { opened: told.open },
        received: { messages: told.messages, bytes: told.bytes },
        sent,
        bufferedBytes: waiting,
      })
      expect(stats.pings).toMatchObject({
        sent: transports.flatMap(({ callNames }) => callNames).filter((name) => name === 'ping')
          .length,
        answered: told.roundTrip,
      })
      expect(sum(stats.refusals)).toBe(told.refuse)
      for (const transport of transports) expect(transport.forbiddenCalls).toEqual([])
    }),
    { numRuns: 500 },
  )
})
