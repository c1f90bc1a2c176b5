import { setImmediate as nextTurn } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CloseEvent } from '../src/close.ts'
import { Endpoint, type HandshakeOutcome } from '../src/endpoint.ts'
import { OptionError } from '../src/option-error.ts'
import type { EndpointOptions } from '../src/options.ts'
import { refuse } from '../src/refusal.ts'
import { admit, connect, refusalOf } from './connect.ts'
import { FakeTransport } from './fake-transport.ts'
import { handshakeRequest } from './handshake-request.ts'
import { ManualClock } from './manual-clock.ts'

function setUp<Context = undefined>(options: Partial<EndpointOptions<Context>> = {}) {
  const clock = new ManualClock()
  const errors: unknown[] = []
  const endpoint = new Endpoint<Context>({
    session: {},
    clock,
    keepAliveInterval: 0,
    onError: (error) => errors.push(error),
    ...options,
  })
  return { clock, errors, endpoint }
}

const from = (remoteAddress: string) => handshakeRequest({ remoteAddress })

/** In short, what became of a request. */
function inShort(outcome: HandshakeOutcome): string {
  return outcome.action === 'refuse' ? outcome.refusal.reason : outcome.action
}

describe('a handshake', () => {
  test('for another path is left to the host, and nobody is told', () => {
    const { endpoint } = setUp({ path: '/ws' })
    let refused = 0
    endpoint.on('refuse', () => refused++)
    expect(endpoint.handshake(handshakeRequest({ url: '/other' }))).toEqual({ action: 'pass' })
    expect(refused).toBe(0)
  })

  test('that is refused is told, with the request', () => {
    const { endpoint } = setUp({ allowedOrigins: [] })
    const told: unknown[] = []
    endpoint.on('refuse', (...args) => told.push(args))
    const request = handshakeRequest({ headers: { Origin: 'https://evil.example' } })
    const refusal = refusalOf(endpoint, request)
    expect(refusal).toMatchObject({ reason: 'origin', status: 403 })
    expect(told).toEqual([[refusal, request]])
  })

  test('that is refused is counted by reason', () => {
    const { endpoint } = setUp({ allowedOrigins: [] })
    for (let i = 0; i < 2; i++) {
      refusalOf(endpoint, handshakeRequest({ headers: { Origin: 'https://evil.example' } }))
    }
    refusalOf(endpoint, handshakeRequest({ method: 'POST' }))
    expect(endpoint.refusals).toEqual({ origin: 2, method: 1 })
  })

  test('agrees on a subprotocol, which the connection knows', () => {
    const { endpoint } = setUp({ protocols: ['chat', 'echo'] })
    const request = handshakeRequest({ headers: { 'Sec-WebSocket-Protocol': 'echo' } })
    const admission = admit(endpoint, request)
    admission.accept(new FakeTransport())
    expect(admission.protocol).toBe('echo')
    expect([...endpoint.connections]).toMatchObject([{ protocol: 'echo' }])
  })

  test('numbers the connections from 1', () => {
    const { endpoint } = setUp()
    for (let i = 0; i < 3; i++) connect(endpoint)
    expect([...endpoint.connections].map(({ id }) => id)).toEqual([1, 2, 3])
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
      'TypeError: allowedOrigins[0] returned an object, expected true or false at once',
    ])
  })
})

describe('authorize', () => {
  test('makes the context of the connection', () => {
    const { endpoint } = setUp({ authorize: (request) => ({ user: request.remoteAddress }) })
    connect(endpoint)
    expect([...endpoint.connections]).toMatchObject([{ context: { user: '192.0.2.1' } }])
  })

  test('may take its time', async () => {
    const { endpoint, clock } = setUp({ authorize: async () => ({ user: 'ada' }) })
    const outcome = await endpoint.handshake(handshakeRequest())
    if (outcome.action !== 'accept') throw new Error('the request is not let in')
    outcome.admission.accept(new FakeTransport())
    expect([...endpoint.connections]).toMatchObject([{ context: { user: 'ada' } }])
    expect(clock.pending).toBe(0)
  })

  const refusal = refuse(402, { body: 'Pay first.', headers: { 'X-Price': '5' } })
  test.each([
    ['at once', () => refusal],
    ['later', async () => refusal],
  ])('keeps a request out %s', async (_name, authorize) => {
    const { endpoint } = setUp({ authorize })
    const told: unknown[] = []
    endpoint.on('refuse', (one) => told.push(one))
    const outcome = await endpoint.handshake(handshakeRequest())
    expect(outcome).toEqual({ action: 'refuse', refusal })
    expect(told).toEqual([refusal])
  })

  const boom = new Error('boom')
  test.each([
    [
      'throws',
      (): undefined => {
        throw boom
      },
    ],
    ['rejects', (): Promise<undefined> => Promise.reject(boom)],
  ])('that %s is answered with 500, and the error is told', async (_name, authorize) => {
    const { endpoint, errors } = setUp({ authorize })
    const outcome = await endpoint.handshake(handshakeRequest())
    expect(outcome).toMatchObject({ action: 'refuse', refusal: { reason: 'error', status: 500 } })
    expect(outcome).not.toMatchObject({ refusal: { body: expect.stringContaining('boom') } })
    expect(errors).toEqual([boom])
  })

  test('that takes too long is answered with 503', async () => {
    const { endpoint, clock } = setUp({
      handshakeTimeout: 500,
      authorize: () => new Promise<undefined>(() => {}),
    })
    const answer = endpoint.handshake(handshakeRequest())
    clock.advance(500)
    expect(await answer).toMatchObject({ refusal: { reason: 'timeout', status: 503 } })
  })

  test('that fails after it took too long harms nobody', async () => {
    let fail = (_error: Error): void => {}
    const { endpoint, clock } = setUp({
      handshakeTimeout: 500,
      authorize: () =>
        new Promise<undefined>((_resolve, reject) => {
          fail = reject
        }),
    })
    const answer = endpoint.handshake(handshakeRequest())
    clock.advance(500)
    await answer
    fail(boom)
    await nextTurn()
    expect(endpoint.connections.size).toBe(0)
  })

  test('is not asked about a request that is refused already', () => {
    let asked = 0
    const { endpoint } = setUp({
      authorize: () => {
        asked++
      },
    })
    endpoint.handshake(handshakeRequest({ method: 'POST' }))
    expect(asked).toBe(0)
  })
})

describe('maxConnections', () => {
  test('refuses one more with 503, until there is room again', () => {
    const { endpoint } = setUp({ maxConnections: 2 })
    const [first] = [connect(endpoint), connect(endpoint)]
    expect(refusalOf(endpoint)).toMatchObject({ reason: 'full', status: 503 })
    first.end()
    connect(endpoint)
    expect(endpoint.connections.size).toBe(2)
  })

  test('counts a request that was let in', () => {
    const { endpoint } = setUp({ maxConnections: 1 })
    admit(endpoint)
    expect(refusalOf(endpoint).reason).toBe('full')
  })

  test('gives back the place of a request that was abandoned', () => {
    const { endpoint } = setUp({ maxConnections: 1 })
    admit(endpoint).abandon()
    connect(endpoint)
    expect(endpoint.connections.size).toBe(1)
  })

  test.each([
    ['let in', undefined, 'full'],
    ['refused', refuse(401), 'accept'],
    ['failed', new Error('boom'), 'accept'],
  ] as const)(
    'counts a request about which authorize decides, until it is %s',
    async (_name, answer, next) => {
      let decide = (): void => {}
      let isFirst = true
      const { endpoint } = setUp<undefined>({
        maxConnections: 1,
        authorize: () => {
          if (!isFirst) return undefined
          isFirst = false
          return new Promise((resolve, reject) => {
            decide = () => (answer instanceof Error ? reject(answer) : resolve(answer))
          })
        },
      })
      const outcome = endpoint.handshake(handshakeRequest())
      expect(refusalOf(endpoint).reason).toBe('full')
      decide()
      await outcome
      await nextTurn()
      expect(inShort(await endpoint.handshake(handshakeRequest()))).toBe(next)
    },
  )

  test('counts a request once while authorize lets it in', async () => {
    let decide = (): void => {}
    const decision = new Promise<undefined>((resolve) => {
      decide = () => resolve(undefined)
    })
    const { endpoint } = setUp({ maxConnections: 2, authorize: () => decision })
    const first = endpoint.handshake(handshakeRequest())
    decide()
    expect(inShort(await first)).toBe('accept')
    expect(inShort(await endpoint.handshake(handshakeRequest()))).toBe('accept')
    expect(inShort(await endpoint.handshake(handshakeRequest()))).toBe('full')
  })

  test('gives back the place of a request about which authorize took too long', async () => {
    const { endpoint, clock } = setUp({
      maxConnections: 1,
      handshakeTimeout: 500,
      authorize: () => new Promise<undefined>(() => {}),
    })
    const first = endpoint.handshake(handshakeRequest())
    clock.advance(500)
    await first
    expect(endpoint.handshake(handshakeRequest())).toBeInstanceOf(Promise)
  })
})

describe('maxConnectionsPerAddress', () => {
  test('refuses one more from the same address with 429', () => {
    const { endpoint } = setUp({ maxConnectionsPerAddress: 1 })
    admit(endpoint, from('192.0.2.1'))
    expect(refusalOf(endpoint, from('192.0.2.1'))).toMatchObject({
      reason: 'address-limit',
      status: 429,
    })
    expect(() => admit(endpoint, from('192.0.2.2'))).not.toThrow()
  })

  test('takes a /64 for one address', () => {
    const { endpoint } = setUp({ maxConnectionsPerAddress: 1 })
    admit(endpoint, from('2001:db8::1'))
    expect(refusalOf(endpoint, from('2001:db8::ffff')).reason).toBe('address-limit')
    expect(() => admit(endpoint, from('2001:db8:0:1::1'))).not.toThrow()
  })

  test('gives a place back when a connection ends', () => {
    const { endpoint } = setUp({ maxConnectionsPerAddress: 1 })
    connect(endpoint).end()
    expect(() => admit(endpoint)).not.toThrow()
  })

  test('comes to nothing lost and nothing won, whatever comes and goes', () => {
    const step = fc.record({ who: fc.nat(3), abandons: fc.boolean(), leaves: fc.boolean() })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { endpoint } = setUp({ maxConnections: 5, maxConnectionsPerAddress: 2 })
        const open: { readonly who: number; readonly transport: FakeTransport }[] = []
        for (const { who, abandons, leaves } of steps) {
          if (leaves) open.pop()?.transport.end()
          const outcome = endpoint.handshake(from(`192.0.2.${who}`))
          if ('then' in outcome) throw new Error('nothing is asynchronous here')
          const mine = open.filter((one) => one.who === who).length
          const expected = open.length >= 5 ? 'full' : mine >= 2 ? 'address-limit' : 'accept'
          expect(inShort(outcome)).toBe(expected)
          if (outcome.action !== 'accept') continue
          if (abandons) {
            outcome.admission.abandon()
          } else {
            const transport = new FakeTransport()
            transport.open(outcome.admission.accept(transport))
            open.push({ who, transport })
          }
        }
      }),
    )
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

  test('survive an async listener that fails, which is told', async () => {
    const { endpoint, errors } = setUp()
    const boom = new Error('boom')
    endpoint.on('open', () => Promise.reject(boom))
    connect(endpoint)
    await nextTurn()
    expect(errors).toEqual([boom])
  })

  test('survive a listener that throws, which is told', () => {
    const boom = new Error('boom')
    const { endpoint, errors } = setUp()
    endpoint.on('open', () => {
      throw boom
    })
    const transport = connect(endpoint)
    expect(errors).toEqual([boom])
    expect(transport.calls).toEqual([])
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
    endpoint.handshake(request)
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

describe('close', () => {
  test('of an endpoint without connections resolves at once', async () => {
    const { endpoint, clock } = setUp()
    expect(await endpoint.close()).toEqual({ total: 0, clean: 0, terminated: 0, causes: {} })
    expect(clock.pending).toBe(0)
  })

  test('sends 1001 evenly over the time that it is to be spread over', async () => {
    const { clock, endpoint } = setUp()
    const transports = [connect(endpoint), connect(endpoint), connect(endpoint), connect(endpoint)]
    const left = () => transports.filter(({ closeFrame }) => closeFrame?.code === 1001).length
    endpoint.close({ deadline: 5_000, spread: 1_000 })
    const seen = [left()]
    for (let i = 0; i < 4; i++) {
      clock.advance(250)
      seen.push(left())
    }
    expect(seen).toEqual([1, 2, 3, 4, 4])
  })

  test('sends 1001 to everybody', () => {
    const { endpoint } = setUp()
    const transports = [connect(endpoint), connect(endpoint)]
    endpoint.close()
    expect(transports.map((one) => one.closeFrame)).toEqual([
      { code: 1001, reason: '' },
      { code: 1001, reason: '' },
    ])
  })

  test('resolves with a report that adds up', async () => {
    const { endpoint, clock } = setUp({ closeTimeout: 60_000 })
    const transports = Array.from({ length: 5 }, () => connect(endpoint))
    const [clean, lost, broken, own] = transports
    // Two have begun to close for reasons of their own.
    broken?.closing('protocol-error')
    const connection = [...endpoint.connections][3]
    connection?.close(4001)
    const report = endpoint.close({ deadline: 1_000 })
    clean?.end('client', 1001)
    lost?.end('lost')
    broken?.end('lost')
    own?.end('client', 4001)
    clock.advance(1_000)
    expect(await report).toEqual({
      total: 5,
      clean: 2,
      terminated: 1,
      causes: { shutdown: 3, server: 1, 'protocol-error': 1 },
    })
  })

  test('waits until the last connection has ended', async () => {
    const { endpoint } = setUp()
    const transport = connect(endpoint)
    let isDone = false
    const report = endpoint.close().then(() => {
      isDone = true
    })
    await nextTurn()
    expect(isDone).toBe(false)
    transport.end('client', 1001)
    await report
    expect(isDone).toBe(true)
  })

  test('terminates at the deadline those who are still there, and no sooner', async () => {
    const { endpoint, clock } = setUp({ closeTimeout: 60_000 })
    const transport = connect(endpoint)
    const report = endpoint.close({ deadline: 700 })
    clock.advance(699)
    expect(transport.callNames).toEqual(['close'])
    clock.advance(1)
    expect(transport.callNames).toEqual(['close', 'terminate'])
    expect(await report).toMatchObject({ terminated: 1, causes: { shutdown: 1 } })
  })

  test('has a deadline of 5 s where none is given', async () => {
    const { endpoint, clock } = setUp({ closeTimeout: 60_000 })
    const transport = connect(endpoint)
    endpoint.close()
    clock.advance(4_999)
    expect(transport.isOver).toBe(false)
    clock.advance(1)
    expect(transport.isOver).toBe(true)
  })

  test('leaves no timer behind', async () => {
    const { endpoint, clock } = setUp({ keepAliveInterval: 1_000 })
    const transport = connect(endpoint)
    const report = endpoint.close()
    transport.end('client', 1001)
    await report
    expect(clock.pending).toBe(0)
  })

  test('may be called again, and is one', async () => {
    const { endpoint } = setUp()
    const transport = connect(endpoint)
    const first = endpoint.close()
    const second = endpoint.close({ deadline: 1 })
    transport.end('client', 1001)
    expect(second).toBe(first)
    expect(transport.callNames).toEqual(['close'])
    expect(endpoint.close()).toBe(first)
    expect(await first).toMatchObject({ total: 1, clean: 1 })
  })

  test('refuses new handshakes with 503, for good', async () => {
    const { endpoint } = setUp()
    await endpoint.close()
    expect(refusalOf(endpoint)).toMatchObject({ reason: 'shutting-down', status: 503 })
  })

  test('refuses a handshake about which authorize is still deciding', async () => {
    let decide = (): void => {}
    const { endpoint } = setUp({
      authorize: () =>
        new Promise<undefined>((resolve) => {
          decide = () => resolve(undefined)
        }),
    })
    const outcome = endpoint.handshake(handshakeRequest())
    const report = endpoint.close()
    decide()
    expect(await outcome).toMatchObject({ refusal: { reason: 'shutting-down', status: 503 } })
    expect(await report).toMatchObject({ total: 0 })
  })

  test('sends away a connection whose request was let in before', () => {
    const { endpoint } = setUp()
    const admission = admit(endpoint)
    endpoint.close()
    const transport = new FakeTransport()
    transport.open(admission.accept(transport))
    expect(transport.closeFrame?.code).toBe(1001)
  })

  test('of an engine that ends at once resolves too', async () => {
    const { endpoint } = setUp()
    for (let i = 0; i < 3; i++) connect(endpoint, { ends: 'at once' })
    expect(await endpoint.close()).toMatchObject({ total: 3, causes: { shutdown: 3 } })
  })

  test('may be called by a session that is told of its end', async () => {
    const world = setUp({
      session: {
        close: () => {
          world.endpoint.close()
        },
      },
    })
    const [first, second] = [connect(world.endpoint), connect(world.endpoint)]
    first.end()
    expect(second.closeFrame?.code).toBe(1001)
    second.end('client', 1001)
    expect(await world.endpoint.close()).toMatchObject({ clean: 1 })
  })

  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY, '5', 2 ** 31])(
    'refuses the deadline %j and stays open',
    (deadline) => {
      const { endpoint } = setUp()
      // What the type forbids, plain JavaScript can still do.
      const close = () => endpoint.close({ deadline: deadline as number })
      expect(close).toThrow(OptionError)
      expect(() => connect(endpoint)).not.toThrow()
    },
  )
})

describe('refuse', () => {
  test('carries status, headers and body', () => {
    expect(refuse(401, { headers: { 'WWW-Authenticate': 'Basic' }, body: 'Who are you?' })).toEqual(
      {
        reason: 'unauthorized',
        status: 401,
        statusText: 'Unauthorized',
        headers: { 'Content-Type': 'text/plain; charset=utf-8', 'WWW-Authenticate': 'Basic' },
        body: 'Who are you?',
      },
    )
  })

  test('says the words of the status where nothing else is said', () => {
    expect(refuse(403).body).toBe('Forbidden')
    expect(refuse(499).body).toBe('Refused')
  })

  test.each([200, 302, 399, 600, 401.5, Number.NaN])('takes no status %d', (status) => {
    expect(() => refuse(status)).toThrow(OptionError)
  })

  test.each([
    ['X Header', 'a'],
    ['', 'a'],
    ['X-Header', 'a\r\nSet-Cookie: b=c'],
    ['X-Header', 'a\u0000'],
    ['X-Header', '€'],
    ['X-Header', 5],
    ['X-Header', ['a', 'b']],
    ['Content-Length', '5'],
    ['connection', 'close'],
  ])('takes no header that could not stand in a response: %j: %j', (name, value) => {
    // What the type forbids, plain JavaScript can still do.
    const headers = { [name]: value } as Record<string, string>
    expect(() => refuse(401, { headers })).toThrow(OptionError)
  })

  test('takes no body that is no string', () => {
    // What the type forbids, plain JavaScript can still do.
    const body = { a: 1 } as unknown as string
    expect(() => refuse(401, { body })).toThrow(OptionError)
  })
})
