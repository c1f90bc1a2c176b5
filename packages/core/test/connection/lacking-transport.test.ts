import { describe, expect, test } from 'vitest'
import { createEndpoint } from '../../src/endpoint/endpoint.ts'
import type { EndpointOptions } from '../../src/endpoint/options.ts'
import { serve } from '../../src/endpoint/serve.ts'
import { OptionError } from '../../src/runtime/option-error.ts'
import { connect, refusalOf } from '../support/connect.ts'
import { settle, setUp, TOLERANCE, X } from '../support/one-connection.ts'

const unable = (reason: string) => ({ reason, upstream: 'nowhere' })

describe('a transport that cannot ping', () => {
  const transport = { lacks: ['ping'] } as const

  test('has the 2X rule for messages', () => {
    const { clock, events, transport: peer } = setUp({ aliveOn: 'message', transport })
    clock.advance(1.9 * X)
    peer.receive('alive')
    clock.advance(1.9 * X)
    expect(events).toEqual([])
    clock.advance(X + TOLERANCE)
    expect(events).toMatchObject([{ cause: 'heartbeat' }])
  })

  test('counts no ping as sent', () => {
    const { clock, endpoint } = setUp({ aliveOn: 'message', transport })
    clock.advance(1.5 * X)
    expect(endpoint.stats().pings.sent).toBe(0)
  })
})

describe('a transport that cannot end a connection', () => {
  const transport = { lacks: ['terminate'] } as const

  test('asks a silent client to close, and the session is told at once', () => {
    const { clock, endpoint, events, transport: peer } = setUp({ transport })
    clock.advance(2 * X + TOLERANCE)
    expect(events).toMatchObject([{ cause: 'heartbeat', code: 1006 }])
    expect(peer.closeFrame).toEqual({ code: 1001, reason: '' })
    expect(endpoint.stats()).toMatchObject({ connections: { open: 0 }, lingering: 1 })
    peer.end('client', 1001)
    expect(endpoint.stats().lingering).toBe(0)
    expect(events).toHaveLength(1)
    expect(peer.forbiddenCalls).toEqual([])
  })

  test('asks once: not again after a close frame that was not answered', () => {
    const { clock, connection, endpoint, events, transport: peer } = setUp({ transport })
    connection.close(4_000)
    clock.advance(300)
    expect(events).toMatchObject([{ cause: 'server', code: 4_000, wasClean: false }])
    expect(peer.callNames).toEqual(['close'])
    expect(endpoint.stats().lingering).toBe(1)
  })

  test('keeps the place of a client that has not hung up', () => {
    const { clock, connection, endpoint, transport: peer } = setUp({ transport, maxConnections: 1 })
    connection.close()
    clock.advance(300)
    expect(refusalOf(endpoint).reason).toBe('full')
    peer.end()
    peer.end()
    expect(endpoint.stats().lingering).toBe(0)
    // The place was given back once.
    connect(endpoint)
    expect(refusalOf(endpoint).reason).toBe('full')
  })

  test('is not heard any more after the end', () => {
    const { connection, messages, transport: peer } = setUp({ transport })
    connection.terminate()
    peer.receive('late')
    peer.pinged()
    expect(messages).toEqual([])
  })

  test('may end within the call of close, and nothing lingers', async () => {
    const { connection, endpoint, events } = setUp({
      transport: { ...transport, ends: 'at once' },
      maxConnections: 1,
    })
    connection.terminate()
    await settle()
    expect(events).toHaveLength(1)
    expect(endpoint.stats().lingering).toBe(0)
    connect(endpoint)
    expect(refusalOf(endpoint).reason).toBe('full')
  })

  test('gives the place back at the end when the client hangs up before that is told', async () => {
    const {
      connection,
      endpoint,
      events,
      transport: peer,
    } = setUp({ transport, maxConnections: 1 })
    connection.terminate()
    peer.end()
    expect(events).toEqual([])
    await settle()
    expect(events).toHaveLength(1)
    connect(endpoint)
    expect(refusalOf(endpoint).reason).toBe('full')
  })
})

describe('an engine that cannot do what an option asks for', () => {
  const endpointWith = (options: Partial<EndpointOptions>) =>
    createEndpoint({ session: {}, ...options })

  test('refuses compression when the endpoint is attached, in a sentence', () => {
    const missing = { compression: unable('It sends what it is given.') }
    const problem = 'compression must be false on this engine, got true. It sends what it is given.'
    expect(() => serve(endpointWith({ compression: true }), missing)).toThrow(
      new OptionError('compression', problem),
    )
    expect(serve(endpointWith({}), missing).options.compression).toBe(false)
  })

  test('refuses the 2X rule of pings where it cannot ping', () => {
    const missing = { ping: unable('It has no ping.') }
    const problem =
      'aliveOn must be "message" on this engine, got "traffic". ' +
      'It has no ping. Have the clients send messages, or set keepAliveInterval to 0.'
    expect(() => serve(endpointWith({}), missing)).toThrow(new OptionError('aliveOn', problem))
    serve(endpointWith({ aliveOn: 'message' }), missing)
    serve(endpointWith({ keepAliveInterval: 0 }), missing)
  })
})
