import { describe, expect, test } from 'vitest'
import type { HandshakeRequest } from '../../src/address/request.ts'
import {
  decideHandshake,
  type HandshakePolicy,
  refuseUnavailable,
  type UnavailableReason,
} from '../../src/handshake/handshake.ts'
import { Refusal } from '../../src/handshake/refusal.ts'
import { handshake } from '../support/handshake.ts'
import { handshakeRequest } from '../support/handshake-request.ts'
import { inShort, setUp } from '../support/one-endpoint.ts'

const policy: HandshakePolicy = {
  protocols: [],
  compression: true,
  checkHost: () => undefined,
  checkOrigin: () => undefined,
}

const unwelcome = new Refusal('origin', 403, 'You are not welcome.')
const strict: HandshakePolicy = { ...policy, checkOrigin: () => unwelcome }

function refusal(request: HandshakeRequest, by = policy, obstacle?: UnavailableReason) {
  const decision = decideHandshake(request, by, obstacle && (() => refuseUnavailable(obstacle)))
  return decision instanceof Refusal ? decision : undefined
}

function withHeader(name: string, value: string | readonly string[] | undefined) {
  return handshakeRequest({ headers: { [name]: value } })
}

test('a proper request is accepted', () => {
  expect(decideHandshake(handshakeRequest(), policy, undefined)).toEqual({
    protocol: '',
    extension: '',
    offered: [],
  })
})

describe('the path', () => {
  test.each([
    ['/ws', '/ws'],
    ['/ws', '/ws?token=1'],
    ['/ws', '/ws?'],
    ['/ws', '/ws?a=/b?c'],
    ['/ws', 'http://server.example/ws'],
    ['/ws', 'http://server.example:8080/ws?token=1'],
    ['/ws', 'HTTPS://Server.Example/ws'],
    ['/', '/'],
    ['/', '/?a'],
    ['/', 'http://server.example'],
    ['/', 'http://server.example?a'],
  ])('%j is for %s', (path, url) => {
    expect(inShort(handshake(setUp({ path }).endpoint, handshakeRequest({ url })))).toBe('accept')
  })

  test.each([
    ['/ws', '/'],
    ['/ws', '/ws/'],
    ['/ws', '/WS'],
    ['/ws', '/ws2'],
    ['/ws', '//ws'],
    ['/ws', '/w%73'],
    ['/ws', '/other?/ws'],
    ['/ws', 'http://server.example/other'],
    ['/ws', 'http://server.example?/ws'],
    ['/ws', '*'],
    ['/ws', ''],
  ])('%j leaves %s to the routes of the host', (path, url) => {
    expect(handshake(setUp({ path }).endpoint, handshakeRequest({ url }))).toEqual({
      action: 'pass',
    })
  })

  test('that is not given is every path', () => {
    const request = handshakeRequest({ url: '/anything' })
    expect(inShort(handshake(setUp().endpoint, request))).toBe('accept')
  })

  test('of another route is left alone, however broken the request is, and nobody is told', () => {
    const { endpoint } = setUp({ path: '/ws' })
    let refused = 0
    endpoint.on('refuse', () => refused++)
    endpoint.close()
    const headers = { Upgrade: undefined }
    const request = handshakeRequest({ url: '/other', method: 'POST', headers })
    expect(handshake(endpoint, request)).toEqual({ action: 'pass' })
    expect(refused).toBe(0)
  })
})

describe('a refusal', () => {
  test.each([
    ['without Upgrade', withHeader('Upgrade', undefined), 'not-websocket', 426],
    ['to upgrade to something else', withHeader('Upgrade', 'h2c'), 'not-websocket', 426],
    ['with a lookalike Upgrade', withHeader('Upgrade', 'websockets'), 'not-websocket', 426],
    ['in HTTP/1.0', handshakeRequest({ httpVersion: '1.0' }), 'not-websocket', 426],
    ['by POST', handshakeRequest({ method: 'POST' }), 'method', 405],
    ['by HEAD', handshakeRequest({ method: 'HEAD' }), 'method', 405],
    ['without a version', withHeader('Sec-WebSocket-Version', undefined), 'version', 426],
    ['of version 8', withHeader('Sec-WebSocket-Version', '8'), 'version', 426],
    ['of two versions', withHeader('Sec-WebSocket-Version', ['13', '13']), 'version', 426],
    ['without Connection', withHeader('Connection', undefined), 'malformed', 400],
    ['to keep the connection alive', withHeader('Connection', 'keep-alive'), 'malformed', 400],
    ['with a lookalike Connection', withHeader('Connection', 'upgraded'), 'malformed', 400],
    [
      'with 501 fields',
      withHeader(
        'X',
        Array.from({ length: 496 }, () => 'y'),
      ),
      'malformed',
      431,
    ],
    ['without a host', withHeader('Host', undefined), 'malformed', 400],
    ['with two hosts', withHeader('Host', ['a.example', 'b.example']), 'malformed', 400],
    ['without a key', withHeader('Sec-WebSocket-Key', undefined), 'malformed', 400],
    ['with a short key', withHeader('Sec-WebSocket-Key', 'AAAA'), 'malformed', 400],
    [
      'with a key of 17 bytes',
      withHeader('Sec-WebSocket-Key', `${'A'.repeat(23)}=`),
      'malformed',
      400,
    ],
    [
      'with a key of odd letters',
      withHeader('Sec-WebSocket-Key', `${'-'.repeat(22)}==`),
      'malformed',
      400,
    ],
    [
      'with two keys',
      withHeader('Sec-WebSocket-Key', [`${'A'.repeat(22)}==`, `${'A'.repeat(22)}==`]),
      'malformed',
      400,
    ],
    [
      'with a subprotocol that is no token',
      withHeader('Sec-WebSocket-Protocol', 'a b'),
      'malformed',
      400,
    ],
    [
      'with a subprotocol twice',
      withHeader('Sec-WebSocket-Protocol', ['a', 'a']),
      'malformed',
      400,
    ],
  ])('of a request %s', (_name, request, reason, status) => {
    expect(refusal(request)).toMatchObject({ reason, status })
  })

  test('of an origin is that of the policy', () => {
    expect(refusal(handshakeRequest(), strict)).toBe(unwelcome)
  })

  test.each([
    [
      'Upgrade: websocket for no WebSocket',
      withHeader('Upgrade', undefined),
      { Upgrade: 'websocket' },
    ],
    ['Allow: GET for a wrong method', handshakeRequest({ method: 'POST' }), { Allow: 'GET' }],
    [
      'its version for another one',
      withHeader('Sec-WebSocket-Version', '8'),
      {
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': '13',
      },
    ],
  ])('says %s', (_name, request, headers) => {
    expect(refusal(request)?.headers).toMatchObject(headers)
  })

  test('has one line of plain text', () => {
    const refusals = [
      refusal(withHeader('Upgrade', undefined)),
      refusal(handshakeRequest({ httpVersion: '1.0' })),
      refusal(handshakeRequest({ method: 'POST' })),
      refusal(withHeader('Sec-WebSocket-Version', undefined)),
      refusal(withHeader('Connection', undefined)),
      refusal(withHeader('Sec-WebSocket-Key', undefined)),
      refusal(withHeader('Sec-WebSocket-Protocol', 'a, a')),
      refusal(handshakeRequest(), strict),
      refuseUnavailable('shutting-down'),
      refuseUnavailable('full'),
      refuseUnavailable('address-limit'),
      refuseUnavailable('handshake-limit'),
    ]
    for (const one of refusals) {
      expect(one?.body).toMatch(/^[\x20-\x7e]+$/)
      expect(one?.headers).toMatchObject({ 'Content-Type': 'text/plain; charset=utf-8' })
    }
    expect(new Set(refusals.map((one) => one?.body)).size).toBe(refusals.length)
  })

  test('tells what is broken before who is unwelcome', () => {
    // All faults at once; then they are mended one after the other.
    const mends: readonly [words: string, mend: Readonly<Record<string, string>>][] = [
      ['Upgrade header', { Upgrade: 'websocket' }],
      ['must be GET', { method: 'GET' }],
      ['Sec-WebSocket-Version header', { 'Sec-WebSocket-Version': '13' }],
      ['Connection header', { Connection: 'Upgrade' }],
      ['Sec-WebSocket-Key header', { 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==' }],
      ['Sec-WebSocket-Protocol header', { 'Sec-WebSocket-Protocol': 'a, b' }],
    ]
    let faulty: { method: string } & Record<string, string> = {
      method: 'POST',
      Upgrade: 'h2c',
      'Sec-WebSocket-Version': '8',
      Connection: 'close',
      'Sec-WebSocket-Key': 'short',
      'Sec-WebSocket-Protocol': 'a b',
    }
    const faultyRequest = () => {
      const { method, ...headers } = faulty
      return handshakeRequest({ method, headers })
    }
    for (const [words, mend] of mends) {
      expect(refusal(faultyRequest(), strict, 'shutting-down')?.body).toContain(words)
      faulty = { ...faulty, ...mend }
    }
    const request = faultyRequest()
    expect(refusal(request, strict, 'shutting-down')?.reason).toBe('shutting-down')
    expect(refusal(request, strict)?.reason).toBe('origin')
    expect(refusal(request)).toBeUndefined()
  })
})

describe('comma lists', () => {
  test.each([
    ['Upgrade', 'WebSocket'],
    ['Upgrade', 'h2c, websocket'],
    ['Upgrade', ' ,WEBSOCKET ,'],
    ['Upgrade', ['h2c', 'websocket']],
    ['Connection', 'upgrade'],
    ['Connection', 'keep-alive, Upgrade'],
    ['Connection', 'UPGRADE,keep-alive'],
    ['Connection', ['keep-alive', 'Upgrade']],
  ])('may stand in %s: %j', (name, value) => {
    expect(refusal(withHeader(name, value))).toBeUndefined()
  })

  test('are found under names in any case', () => {
    const request = handshakeRequest({
      headers: {
        Upgrade: undefined,
        UPGRADE: 'websocket',
        Connection: undefined,
        connection: 'upgrade',
      },
    })
    expect(refusal(request)).toBeUndefined()
  })
})

describe('the subprotocol', () => {
  test.each([
    [['a', 'b'], 'b, a', 'a'],
    [['a', 'b'], 'b', 'b'],
    [['a', 'b'], ['c', 'b'], 'b'],
    [['a'], 'A', ''],
    [['a'], 'c', ''],
    [['a'], undefined, ''],
    [['a'], '', ''],
    [['a'], ' ,\t,', ''],
    [['a'], 'a,', 'a'],
    [['a'], ',b,,a', 'a'],
    [['a'], ['', 'a'], 'a'],
    [[], 'a', ''],
  ])('of the server %j and the client %j is %j', (protocols, offered, protocol) => {
    const request = withHeader('Sec-WebSocket-Protocol', offered)
    expect(decideHandshake(request, { ...policy, protocols }, undefined)).toMatchObject({
      protocol,
      extension: '',
    })
  })
})

test('the origin is not looked at before there is room', () => {
  let looks = 0
  const counting: HandshakePolicy = {
    ...policy,
    checkOrigin: () => {
      looks++
      return undefined
    },
  }
  decideHandshake(handshakeRequest(), counting, () => refuseUnavailable('full'))
  expect(looks).toBe(0)
})

describe('compression', () => {
  const OFFER = 'permessage-deflate; client_max_window_bits'
  const agreed = (compression: HandshakePolicy['compression'], offer: string | undefined = OFFER) =>
    decideHandshake(
      withHeader('Sec-WebSocket-Extensions', offer),
      { ...policy, compression },
      undefined,
    )

  test.each([
    [true, 'permessage-deflate'],
    [false, ''],
    [() => true, 'permessage-deflate'],
    [() => false, ''],
  ])('decides about an offer: %s', (compression, extension) => {
    expect(agreed(compression)).toMatchObject({ extension })
  })

  test('is asked about offers that can be honoured, with the request, and about no others', () => {
    const calls: unknown[] = []
    const ask = (request: HandshakeRequest) => calls.push(request.url) > 0
    expect(agreed(ask, 'x-other')).toMatchObject({ extension: '' })
    const { checkOrigin } = strict
    decideHandshake(
      withHeader('Sec-WebSocket-Extensions', OFFER),
      { ...policy, compression: ask, checkOrigin },
      undefined,
    )
    expect(calls).toEqual([])
    agreed(ask)
    expect(calls).toEqual(['/ws'])
  })

  test.each([
    ['nothing', () => undefined, 'undefined'],
    ['a promise', async () => true, 'a promise'],
    ['a promise that rejects', () => Promise.reject(new Error('in vain')), 'a promise'],
  ])('that answers with %s fails', (_name, answer, shown) => {
    // What the type forbids, plain JavaScript can still do.
    const compression = answer as unknown as () => boolean
    const words = `compression must return true or false at once, got ${shown}.`
    expect(() => agreed(compression)).toThrow(words)
  })
})
