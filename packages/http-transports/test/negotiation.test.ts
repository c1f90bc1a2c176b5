import { createEndpoint, type EndpointOptions, echo, refuse } from '@wirebeat/core'
import { ManualClock, MemoryClient } from '@wirebeat/core/testing'
import { describe, expect, test } from 'vitest'
import { httpTransports } from '../src/index.ts'
import type { HttpTransportsOptions } from '../src/options.ts'
import { ask, negotiate } from './support/ask.ts'
import { send, settle } from './support/exchange.ts'

const OFFERED =
  '"availableTransports":[{"transport":"WebSockets","transferFormats":["Text","Binary"]},' +
  '{"transport":"ServerSentEvents","transferFormats":["Text"]},' +
  '{"transport":"LongPolling","transferFormats":["Text","Binary"]}]'
const ID = '[A-Za-z0-9_-]{22}'
const PAGE = 'https://client.example'

function setUp(
  transports: HttpTransportsOptions = {},
  options: Partial<EndpointOptions<unknown>> = {},
) {
  const clock = new ManualClock()
  const errors: unknown[] = []
  const endpoint = createEndpoint<unknown>({
    path: '/hub',
    session: echo(),
    clock,
    authorize: () => 'anybody',
    onError: (error) => errors.push(error),
    httpTransports: httpTransports(transports),
    ...options,
  })
  return { clock, errors, endpoint }
}

function connect(endpoint: Parameters<typeof MemoryClient.connect>[0], token: string) {
  return MemoryClient.connect(endpoint, { url: `/hub?id=${token}` })
}

const refused = (status: number) =>
  expect.objectContaining({ refusal: expect.objectContaining({ status }) })

describe('the answer to a negotiation', () => {
  test('of version 1 has an id, a token and the transports, in the order of ASP.NET Core', async () => {
    const { status, headers, body } = await ask(setUp().endpoint)
    expect(status).toBe(200)
    expect(headers).toEqual({ 'Content-Type': 'application/json' })
    expect(body).toMatch(
      new RegExp(`^\\{"negotiateVersion":1,"connectionId":"${ID}","connectionToken":"${ID}",`),
    )
    expect(body.endsWith(`,${OFFERED}}`)).toBe(true)
    const { connectionId, connectionToken } = JSON.parse(body)
    expect(connectionId).not.toBe(connectionToken)
  })

  test('of version 0 has an id only', async () => {
    const { body } = await ask(setUp().endpoint, { url: '/hub/negotiate' })
    expect(body).toMatch(new RegExp(`^\\{"negotiateVersion":0,"connectionId":"${ID}","available`))
    expect(body.endsWith(`,${OFFERED}}`)).toBe(true)
  })

  test.each(['0', '1', ' 1 ', '+1', '2', '2147483647', '01'])(
    'takes the version %j',
    async (version) => {
      const url = `/hub/negotiate/?NEGOTIATEVERSION=${encodeURIComponent(version)}`
      const { body } = await ask(setUp().endpoint, { url })
      expect(JSON.parse(body).negotiateVersion).toBe(Math.min(Number(version), 1))
    },
  )

  test.each(['', '1.5', 'x', '1&negotiateVersion=1', '2147483648', '1e3'])(
    'says that the version %j is no integer, and keeps no place',
    async (version) => {
      const { endpoint } = setUp({}, { maxConnections: 1 })
      const url = `/hub/negotiate?negotiateVersion=${version}`
      expect(await ask(endpoint, { url })).toMatchObject({
        status: 200,
        body: '{"error":"The client requested a non-integer protocol version."}',
      })
      await negotiate(endpoint)
    },
  )

  test('says that a version below 0 is not supported', async () => {
    const { body } = await ask(setUp().endpoint, { url: '/hub/negotiate?negotiateVersion=-1' })
    expect(body).toBe(
      `{"error":"The client requested version '-1', but the server does not support this version."}`,
    )
  })

  test.each(['', '?negotiateVersion=0', '?negotiateVersion=-3'])(
    'says that the version of %j is not supported where 1 is the oldest',
    async (query) => {
      const { endpoint } = setUp({ minNegotiateVersion: 1 })
      const { body } = await ask(endpoint, { url: `/hub/negotiate${query}` })
      const version = /-?\d/.exec(query)?.[0] ?? '0'
      expect(body).toBe(
        `{"error":"The client requested version '${version}', but the server does not support this version."}`,
      )
      expect((await ask(endpoint)).body).toContain('connectionToken')
    },
  )

  test('offers no stateful reconnect, also when it is asked for', async () => {
    const url = '/hub/negotiate?negotiateVersion=1&useStatefulReconnect=true'
    expect((await ask(setUp().endpoint, { url })).body).not.toContain('useStatefulReconnect')
  })

  test('has the name of the server before the token, and not before the id', async () => {
    const { endpoint } = setUp({ serverName: 'server-7' })
    const { connectionId, connectionToken } = await negotiate(endpoint)
    expect(connectionToken).toMatch(new RegExp(`^server-7\\.${ID}$`))
    expect(connectionId).toMatch(new RegExp(`^${ID}$`))
  })

  test.each(['GET', 'PUT', 'DELETE', 'HEAD', 'OPTIONS'])(
    'is an empty 405 to the method %s',
    async (method) => {
      const { endpoint } = setUp()
      expect(await ask(endpoint, { method })).toMatchObject({ status: 405, body: '' })
      expect(endpoint.stats().refusals.transport).toBe(1)
    },
  )

  test('has what authorize wants in it', async () => {
    const { allow } = await import('@wirebeat/core')
    const { endpoint } = setUp({}, { authorize: () => allow(1, { headers: { 'X-A': 'b' } }) })
    expect((await ask(endpoint)).headers).toMatchObject({ 'X-A': 'b' })
  })
})

describe('a redirect', () => {
  test('sends a client elsewhere, and keeps no place', async () => {
    const { endpoint } = setUp(
      { redirect: () => ({ url: 'https://other.example/hub', accessToken: 'secret' }) },
      { maxConnections: 1 },
    )
    for (let time = 0; time < 2; time++) {
      expect((await ask(endpoint)).body).toBe(
        '{"url":"https://other.example/hub","accessToken":"secret"}',
      )
    }
  })

  test('may have no token, and may be for some only', async () => {
    const { endpoint } = setUp({
      redirect: async ({ url }) => (url.endsWith('=1') ? { url: '/other' } : undefined),
    })
    expect((await ask(endpoint)).body).toBe('{"url":"/other"}')
    expect((await ask(endpoint, { url: '/hub/negotiate' })).body).toContain('connectionId')
  })

  test('is not told to whom authorize refuses', async () => {
    let asked = 0
    const redirect = () => {
      asked++
      return undefined
    }
    const { endpoint } = setUp({ redirect }, { authorize: () => refuse(401) })
    expect((await ask(endpoint)).status).toBe(401)
    expect(asked).toBe(0)
  })

  test('that fails is a 500, is told, and keeps no place', async () => {
    const error = new Error('boom')
    const { endpoint, errors } = setUp(
      { redirect: () => Promise.reject(error), maxNegotiatedPerAddress: 1 },
      { maxConnections: 1 },
    )
    for (let time = 0; time < 2; time++) expect((await ask(endpoint)).status).toBe(500)
    expect(errors).toEqual([error, error])
  })

  describe('that does not come', () => {
    const redirects = { redirect: () => new Promise<never>(() => {}), maxNegotiatedPerAddress: 1 }
    const limits = { maxConnections: 1, handshakeTimeout: 100 }

    test('is a 503 after handshakeTimeout, and keeps no place', async () => {
      const { endpoint, clock } = setUp(redirects, limits)
      for (let time = 0; time < 2; time++) {
        const asking = send(endpoint)
        await settle()
        clock.advance(99)
        await settle()
        expect(asking.status).toBeUndefined()
        clock.advance(1)
        expect(await asking.answer()).toMatchObject({
          status: 503,
          body: 'The server took too long to decide where to negotiate. Try again later.',
        })
        await settle()
        expect(clock.pending).toBe(0)
      }
    })

    test('keeps no place for a client that has gone', async () => {
      const { endpoint, clock } = setUp(redirects, limits)
      for (let time = 0; time < 2; time++) {
        const asking = send(endpoint)
        await settle()
        expect(asking.status).toBeUndefined()
        asking.leave()
        await settle()
        expect(clock.pending).toBe(0)
      }
    })

    test('is told when it fails after all', async () => {
      const error = new Error('boom')
      let fail = (_error: Error): void => {}
      const redirect = () =>
        new Promise<never>((_resolve, reject) => {
          fail = reject
        })
      const { endpoint, errors } = setUp({ redirect })
      const asking = send(endpoint)
      await settle()
      asking.leave()
      await settle()
      expect(errors).toEqual([])
      fail(error)
      await settle()
      expect(errors).toEqual([error])
    })
  })
})

describe('pages of other origins', () => {
  const options = { allowedOrigins: [PAGE] }
  const preflight = {
    method: 'OPTIONS',
    headers: {
      Origin: PAGE,
      'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': 'x-requested-with,x-signalr-user-agent',
    },
  }

  test.each(['/hub', '/hub/negotiate'])(
    'are told what they may send to %s, without asking authorize',
    async (url) => {
      const { endpoint } = setUp({}, { ...options, authorize: () => refuse(401) })
      expect(await ask(endpoint, { ...preflight, url })).toEqual({
        status: 204,
        headers: {
          'Access-Control-Allow-Origin': PAGE,
          'Access-Control-Allow-Credentials': 'true',
          'Access-Control-Allow-Methods': 'GET, POST, DELETE',
          'Access-Control-Allow-Headers': 'x-requested-with,x-signalr-user-agent',
          'Access-Control-Max-Age': '600',
          Vary: 'Origin, Access-Control-Request-Headers',
        },
        body: '',
      })
    },
  )

  test('are refused where their origin is not allowed, and are named nowhere then', async () => {
    const { endpoint } = setUp({}, options)
    for (const method of ['OPTIONS', 'POST']) {
      const headers = { ...preflight.headers, Origin: 'https://evil.example' }
      const answer = await ask(endpoint, { method, headers })
      expect(answer.status).toBe(403)
      expect(JSON.stringify(answer.headers)).not.toMatch(/access-control/i)
    }
  })

  test.each([
    ['an offer', {}, {}, 200],
    ['a 401', {}, { authorize: () => refuse(401) }, 401],
    ['a 404', { method: 'GET', url: '/hub?id=a' }, {}, 404],
  ] as const)('may read %s', async (_what, request, more, status) => {
    const { endpoint } = setUp({}, { ...options, ...more })
    const answer = await ask(endpoint, { ...request, headers: { Origin: PAGE } })
    expect(answer.status).toBe(status)
    expect(answer.headers).toMatchObject({
      'Access-Control-Allow-Origin': PAGE,
      'Access-Control-Allow-Credentials': 'true',
      Vary: 'Origin',
    })
  })
})

describe('what was negotiated', () => {
  test('is opened by a WebSocket with its token, and has the id that was told', async () => {
    const { endpoint, clock } = setUp({}, { maxConnections: 1 })
    const { connectionId, connectionToken } = await negotiate(endpoint)
    const client = await connect(endpoint, connectionToken)
    expect([...endpoint.connections].map(({ id }) => id)).toEqual([connectionId])
    clock.advance(20_000)
    client.send('still there')
    expect(await client.message()).toBe('still there')
  })

  test('of version 0 is opened by its id', async () => {
    const { endpoint } = setUp()
    const { connectionId } = await negotiate(endpoint, { url: '/hub/negotiate' })
    await connect(endpoint, connectionId)
    expect([...endpoint.connections].map(({ id }) => id)).toEqual([connectionId])
  })

  test('is not opened by the id of version 1', async () => {
    const { endpoint } = setUp()
    const { connectionId } = await negotiate(endpoint)
    await expect(connect(endpoint, connectionId)).rejects.toEqual(refused(404))
  })

  test('counts as a connection until 15 s have passed, and opens nothing then', async () => {
    const { endpoint, clock } = setUp({}, { maxConnections: 1 })
    const { connectionToken } = await negotiate(endpoint)
    clock.advance(14_999)
    expect((await ask(endpoint)).status).toBe(503)
    clock.advance(1)
    await expect(connect(endpoint, connectionToken)).rejects.toEqual(refused(404))
    await negotiate(endpoint)
  })

  test('counts for the address that has negotiated it', async () => {
    const { endpoint } = setUp({}, { maxConnectionsPerAddress: 1 })
    await negotiate(endpoint)
    expect((await ask(endpoint)).status).toBe(429)
    await negotiate(endpoint, { remoteAddress: '192.0.2.2' })
  })

  test('and not opened is limited by address, also while authorize decides', async () => {
    const { endpoint, clock } = setUp({ maxNegotiatedPerAddress: 2 })
    const { connectionToken } = await negotiate(endpoint)
    const second = ask(endpoint, { remoteAddress: '192.0.2.1' })
    expect(await ask(endpoint)).toMatchObject({ status: 429 })
    await second
    await negotiate(endpoint, { remoteAddress: '2001:db8::1' })
    // What is open does not wait.
    await connect(endpoint, connectionToken)
    await negotiate(endpoint)
    expect((await ask(endpoint)).status).toBe(429)
    clock.advance(15_000)
    await negotiate(endpoint)
  })

  test('is open to one WebSocket only', async () => {
    const { endpoint } = setUp()
    const { connectionToken } = await negotiate(endpoint)
    const client = await connect(endpoint, connectionToken)
    await expect(connect(endpoint, connectionToken)).rejects.toEqual(refused(409))
    const url = `/hub?id=${connectionToken}`
    expect(await ask(endpoint, { url })).toMatchObject({
      status: 405,
      body: 'POST requests are not allowed for WebSocket connections.',
    })
    expect(await ask(endpoint, { url, method: 'DELETE' })).toMatchObject({ status: 400 })
    const [connection] = endpoint.connections
    client.close()
    await connection?.closed
    await expect(connect(endpoint, connectionToken)).rejects.toEqual(refused(404))
  })

  test('is left to another one by a WebSocket that authorize refuses', async () => {
    const { endpoint } = setUp(
      {},
      { authorize: ({ headers }) => (headers.get('x-me') === undefined ? refuse(401) : 'me') },
    )
    const headers = { 'X-Me': '1' }
    const { connectionToken } = await negotiate(endpoint, { headers })
    await expect(connect(endpoint, connectionToken)).rejects.toEqual(refused(401))
    await MemoryClient.connect(endpoint, { url: `/hub?id=${connectionToken}`, headers })
  })

  test('is waited for while authorize decides about its WebSocket, and no longer', async () => {
    let answer = (_value: 'me' | ReturnType<typeof refuse>): void => {}
    const { endpoint, clock } = setUp(
      {},
      {
        handshakeTimeout: 60_000,
        authorize: ({ url }) =>
          url.includes('id=') ? new Promise((resolve) => (answer = resolve)) : 'anybody',
      },
    )
    const [first, second] = [await negotiate(endpoint), await negotiate(endpoint)]
    const opening = connect(endpoint, first.connectionToken)
    const refusing = connect(endpoint, first.connectionToken)
    await expect(refusing).rejects.toEqual(refused(409))
    clock.advance(15_000)
    answer('me')
    await opening
    expect([...endpoint.connections].map(({ id }) => id)).toEqual([first.connectionId])
    await expect(connect(endpoint, second.connectionToken)).rejects.toEqual(refused(404))
  })

  test('is given back when the endpoint closes', async () => {
    const { endpoint, clock } = setUp()
    const { connectionToken } = await negotiate(endpoint)
    await endpoint.close()
    expect(clock.pending).toBe(0)
    await expect(connect(endpoint, connectionToken)).rejects.toEqual(refused(404))
    expect((await ask(endpoint)).status).toBe(503)
  })
})

test('a WebSocket needs no negotiation', async () => {
  const { endpoint } = setUp()
  const client = await MemoryClient.connect(endpoint, { url: '/hub' })
  client.send('hello')
  expect(await client.message()).toBe('hello')
})

describe('a request of no transport', () => {
  test.each([
    ['GET', '/hub', {}, 400, 'Connection ID required'],
    ['POST', '/hub?id=', {}, 400, 'Connection ID required'],
    ['DELETE', '/hub/', {}, 400, 'Connection ID required'],
    ['GET', '/hub?ID=a', {}, 404, 'No Connection with that ID'],
    ['POST', '/hub?id=a', {}, 404, 'No Connection with that ID'],
    ['PUT', '/hub?id=a', {}, 405, ''],
    ['OPTIONS', '/hub?id=a', {}, 405, ''],
  ] as const)(
    '%s %s is refused as ASP.NET Core does',
    async (method, url, headers, status, body) => {
      const answer = await ask(setUp().endpoint, { method, url, headers })
      expect(answer).toMatchObject({ status, body })
      expect(answer.headers).toMatchObject({ 'Content-Type': 'text/plain' })
    },
  )
})
