import { describe, expect, test, vi } from 'vitest'
import { createEndpoint } from '../../src/endpoint/endpoint.ts'
import type { EndpointOptions } from '../../src/endpoint/options.ts'
import { serve } from '../../src/endpoint/serve.ts'
import type { Admission } from '../../src/endpoint/served-endpoint.ts'
import { receivedFromWeb, upgradeFromWeb, webResponse } from '../../src/endpoint/web-host.ts'
import { type Allowed, allow } from '../../src/handshake/authorize.ts'
import { Refusal } from '../../src/handshake/refusal.ts'
import { Deferred } from '../../src/runtime/deferred.ts'
import { FakeTransport } from '../support/fake-transport.ts'
import { settle } from '../support/one-connection.ts'

const HANDSHAKE = {
  host: 'server.example',
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
}

const NOBODY = () => ''

function handshake(init: RequestInit = {}, url = 'http://server.example/ws?room=1'): Request {
  return new Request(url, { ...init, headers: { ...HANDSHAKE, ...init.headers } })
}

/** Takes a request to an endpoint, and tells what the host's handler returns. */
function upgrade(request: Request, options: Partial<EndpointOptions<unknown>> = {}) {
  const endpoint = createEndpoint<unknown>({ path: '/ws', session: {}, ...options })
  const complete = vi.fn((admission: Admission) => {
    admission.accept(new FakeTransport()).opened()
    return 'completed' as const
  })
  return {
    endpoint,
    complete,
    answer: upgradeFromWeb(serve(endpoint), request, () => '::1', complete),
  }
}

describe('a Request as core reads it', () => {
  test('has its target in origin form, its fields, its address and whether it came over TLS', () => {
    const received = receivedFromWeb(handshake({ method: 'PUT' }), () => '::1')
    expect(received).toMatchObject({
      method: 'PUT',
      url: '/ws?room=1',
      remoteAddress: '::1',
      secure: false,
    })
    expect([...received.headers.entries()]).toEqual(
      expect.arrayContaining(Object.entries(HANDSHAKE)),
    )
    expect(receivedFromWeb(handshake({}, 'https://server.example/ws'), NOBODY).secure).toBe(true)
  })

  test.each([
    ['http://server.example', '/'],
    ['http://server.example?a=/b', '/?a=/b'],
    ['http://a b:x/ws', '/ws'],
    ['http:///ws', '/ws'],
    ['/ws?to=http://other/', '/ws?to=http://other/'],
  ])('has a target though its url is %j', (url, target) => {
    const { headers, method, signal } = handshake()
    expect(receivedFromWeb({ headers, method, signal, url }, NOBODY).url).toBe(target)
  })
})

describe('a refusal as a Response', () => {
  test('has its status, fields and body, and ends the connection', async () => {
    const response = webResponse(new Refusal('origin', 403, 'Not from there.', { 'X-Why': 'no' }))
    expect(response).toBeInstanceOf(Response)
    expect([response.status, response.statusText]).toEqual([403, 'Forbidden'])
    expect(Object.fromEntries(response.headers)).toEqual({
      connection: 'close',
      'content-type': 'text/plain; charset=utf-8',
      'x-why': 'no',
    })
    expect(await response.text()).toBe('Not from there.')
  })

  test('has a field for each of its cookies', () => {
    const cookies = ['a=1', 'b=2']
    const response = webResponse(new Refusal('unauthorized', 401, '', { 'Set-Cookie': cookies }))
    expect(response.headers.getSetCookie()).toEqual(cookies)
  })

  test('names Upgrade in Connection where it sends that', () => {
    const response = webResponse(new Refusal('version', 426, '', { Upgrade: 'websocket' }))
    expect(response.headers.get('connection')).toBe('close, Upgrade')
  })
})

describe('a request to a host of the web', () => {
  test('is completed when it is let in, and the host gets what that returns', () => {
    const { endpoint, answer } = upgrade(handshake())
    expect(answer).toBe('completed')
    expect(endpoint.connections.size).toBe(1)
  })

  test('is left to the host for another path', () => {
    const { complete, answer } = upgrade(handshake({}, 'http://server.example/other'))
    expect(answer).toBe(false)
    expect(complete).not.toHaveBeenCalled()
  })

  test('is answered with the refusal', async () => {
    const answer = await upgrade(handshake({ headers: { 'sec-websocket-version': '8' } })).answer
    expect(answer).toMatchObject({ status: 426 })
  })

  test('is answered when authorize has decided', async () => {
    const decision = new Deferred<Allowed<undefined>>()
    const { endpoint, answer } = upgrade(handshake(), { authorize: () => decision.promise })
    expect(answer).toBeInstanceOf(Promise)
    expect(endpoint.stats().pendingHandshakes).toBe(1)
    decision.resolve(allow(undefined))
    expect(await answer).toBe('completed')
  })

  test('gives its place back when its client goes away meanwhile, and is not completed', async () => {
    const client = new AbortController()
    const decision = new Deferred<Allowed<undefined>>()
    const { endpoint, complete, answer } = upgrade(handshake({ signal: client.signal }), {
      authorize: () => decision.promise,
      maxConnections: 1,
    })
    client.abort()
    expect(endpoint.stats().pendingHandshakes).toBe(0)
    // The host is not left with a promise for ever.
    expect(await answer).toBeInstanceOf(Response)
    decision.resolve(allow(undefined))
    await settle()
    expect(complete).not.toHaveBeenCalled()
  })

  test('is completed by a host that aborts the signal within that', async () => {
    const client = new AbortController()
    const authorize = async () => allow(undefined)
    const endpoint = createEndpoint({ session: {}, authorize })
    const request = handshake({ signal: client.signal })
    const answer = upgradeFromWeb(serve(endpoint), request, NOBODY, (admission) => {
      client.abort()
      admission.accept(new FakeTransport()).opened()
      return 'completed'
    })
    expect(await answer).toBe('completed')
    expect(endpoint.connections.size).toBe(1)
  })

  test.each(['at once', 'later'])(
    'gives its place back where the host cannot complete it, told %s',
    async (when) => {
      const endpoint = createEndpoint({
        session: {},
        maxConnections: 1,
        ...(when === 'later' && { authorize: async () => allow(undefined) }),
      })
      const failure = new Error('no such subprotocol')
      const complete = (): never => {
        throw failure
      }
      const upgradeNow = async () => upgradeFromWeb(serve(endpoint), handshake(), NOBODY, complete)
      await expect(upgradeNow()).rejects.toBe(failure)
      await expect(upgradeNow()).rejects.toBe(failure)
    },
  )

  test('keeps its connection when the signal is aborted after the answer', async () => {
    const client = new AbortController()
    const { endpoint, answer } = upgrade(handshake({ signal: client.signal }), {
      authorize: async () => allow(undefined),
    })
    await answer
    client.abort()
    expect(endpoint.connections.size).toBe(1)
  })
})
