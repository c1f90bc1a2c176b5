import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { CloseEvent } from '../../src/connection/close.ts'
import { admit, connect, refusalOf } from '../support/connect.ts'
import { FakeTransport } from '../support/fake-transport.ts'
import { handshake } from '../support/handshake.ts'
import { handshakeRequest } from '../support/handshake-request.ts'
import { setUp } from '../support/one-endpoint.ts'

describe('a handshake', () => {
  test('that is refused is told, with the request', () => {
    const { endpoint } = setUp({ allowedOrigins: [] })
    const told: unknown[] = []
    endpoint.on('refuse', (...args) => told.push(args))
    const request = handshakeRequest({ headers: { Origin: 'https://evil.example' } })
    const refusal = refusalOf(endpoint, request)
    expect(refusal).toMatchObject({ reason: 'origin', status: 403 })
    expect(told).toEqual([[refusal, request]])
  })

  test('agrees on a subprotocol, which the connection knows', () => {
    const { endpoint } = setUp({ protocols: ['chat', 'echo'] })
    const request = handshakeRequest({ headers: { 'Sec-WebSocket-Protocol': 'echo' } })
    const admission = admit(endpoint, request)
    admission.accept(new FakeTransport())
    expect(admission.protocol).toBe('echo')
    expect([...endpoint.connections]).toMatchObject([{ protocol: 'echo' }])
  })

  test('gives each connection an id that no other has, on this endpoint or another', () => {
    const endpoints = [setUp().endpoint, setUp().endpoint]
    const ids = endpoints.flatMap((endpoint) => {
      for (let i = 0; i < 50; i++) connect(endpoint)
      return [...endpoint.connections].map(({ id }) => id)
    })
    expect(new Set(ids).size).toBe(100)
    for (const id of ids) expect(id).toMatch(/^[\da-z]{1,14}-[\da-z]{1,4}$/)
    const [connection] = endpoints[0]?.connections ?? []
    expect(connection?.id).toBe(ids[0])
  })

  test('is refused with 500 where an origin function throws, and the error is told', () => {
    const boom = new Error('boom')
    const { endpoint, errors } = setUp({
      allowedOrigins: [
        () => {
          throw boom
        },
      ],
    })
    const request = handshakeRequest({ headers: { Origin: 'https://a.example' } })
    expect(refusalOf(endpoint, request)).toMatchObject({ reason: 'error', status: 500 })
    expect(errors).toEqual([boom])
  })
})

describe('an async origin function', () => {
  test.each([
    ['says yes', () => Promise.resolve(true)],
    ['fails', () => Promise.reject(new Error('boom'))],
  ])('that %s lets nobody in, and the mistake is told', async (_what, ask) => {
    const { endpoint, errors } = setUp({
      // Typed as a boolean, as plain JavaScript would let it slip in.
      allowedOrigins: [ask as unknown as () => boolean],
    })
    const request = handshakeRequest({ headers: { Origin: 'https://client.example' } })
    expect(refusalOf(endpoint, request).status).toBe(500)
    await nextTurn()
    expect(errors.map(String)).toEqual([
      'TypeError: allowedOrigins[0] must return true or false at once, got a promise. Use authorize for decisions that take time.',
    ])
  })
})

describe('events', () => {
  test('tell of an opening and an end once the session knows', async () => {
    const told: string[] = []
    const { endpoint } = setUp({
      session: {
        open: () => {
          told.push('session open')
        },
        close: () => {
          told.push('session close')
        },
      },
    })
    endpoint.on('open', () => told.push('open'))
    endpoint.on('close', () => told.push('close'))
    connect(endpoint).end()
    expect(told).toEqual(['session open', 'open', 'session close', 'close'])
  })

  test('tell how a connection ended', () => {
    const { endpoint } = setUp()
    const told: CloseEvent[] = []
    endpoint.on('close', (_connection, event) => told.push(event))
    connect(endpoint).end('client', 4001, 'bye')
    expect(told).toEqual([{ cause: 'client', code: 4001, reason: 'bye', wasClean: true }])
  })

  test('come in order also when a session closes as it opens', async () => {
    const told: string[] = []
    const { endpoint } = setUp({ session: { open: (connection) => connection.close() } })
    endpoint.on('open', () => told.push('open'))
    endpoint.on('close', () => told.push('close'))
    connect(endpoint, { ends: 'at once' })
    await nextTurn()
    expect(told).toEqual(['open', 'close'])
  })
})

describe('onError', () => {
  test('is told where the error came from', () => {
    const sources: unknown[] = []
    const fail = () => {
      throw new Error('boom')
    }
    const { endpoint } = setUp({
      session: { message: fail },
      allowedOrigins: [fail],
      onError: (_error, source) => sources.push(source),
    })
    endpoint.on('close', fail)
    const transport = connect(endpoint)
    const [connection] = endpoint.connections
    transport.receive('hello')
    transport.end()
    const request = handshakeRequest({ headers: { Origin: 'https://a.example' } })
    handshake(endpoint, request)
    expect(sources).toEqual([{ connection }, { event: 'close' }, { request }])
  })

  test('may be an async function that fails', async () => {
    const { endpoint } = setUp({
      session: {
        message() {
          throw new Error('boom')
        },
      },
      onError: () => Promise.reject(new Error('from onError')),
    })
    const transport = connect(endpoint)
    transport.receive('hello')
    await nextTurn()
    expect(transport.closeFrame?.code).toBe(1011)
  })

  test('may throw itself, and the connection still ends in order', () => {
    const fail = () => {
      throw new Error('boom')
    }
    const { endpoint } = setUp({ session: { message: fail, close: fail }, onError: fail })
    const transport = connect(endpoint)
    transport.receive('hello')
    expect(transport.closeFrame?.code).toBe(1011)
    transport.end()
    expect(endpoint.connections.size).toBe(0)
  })
})

test('an endpoint has no events but its own', () => {
  const { endpoint } = setUp()
  // As plain JavaScript can call it.
  const on = endpoint.on.bind(endpoint) as (name: string, listener: () => void) => unknown
  expect(() => on('opne', () => {})).toThrow('Unknown event "opne". Did you mean "open"?')
  expect(() => on('message', () => {})).toThrow(
    'Unknown event "message". Known events are open, refuse, close, roundTrip, shutdownStart, shutdownEnd.',
  )
})
