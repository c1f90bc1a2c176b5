import { expect, test } from 'vitest'
import { handshake } from '../support/handshake.ts'
import { handshakeRequest } from '../support/handshake-request.ts'
import { inShort, setUp } from '../support/one-endpoint.ts'

type Changes = NonNullable<Parameters<typeof handshakeRequest>[0]>

/** A request for a WebSocket over HTTP/2, as a browser sends it, but for the changes. */
function connect({ headers, ...rest }: Changes = {}) {
  return handshakeRequest({
    method: 'CONNECT',
    httpVersion: '2.0',
    connectProtocol: 'websocket',
    headers: {
      Upgrade: undefined,
      Connection: undefined,
      'Sec-WebSocket-Key': undefined,
      ...headers,
    },
    ...rest,
  })
}

function outcome(changes: Changes, options = {}) {
  return handshake(setUp({ path: '/ws', ...options }).endpoint, connect(changes))
}

test('an extended CONNECT over HTTP/2 needs no Upgrade, no Connection and no key', () => {
  expect(inShort(outcome({}))).toBe('accept')
})

test.each<[string, Changes, number, string, Record<string, string>?]>([
  [
    'a GET',
    { method: 'GET', connectProtocol: undefined },
    405,
    'not-websocket',
    { Allow: 'CONNECT' },
  ],
  [
    'a GET with Upgrade',
    { method: 'GET', headers: { Upgrade: 'websocket' } },
    405,
    'not-websocket',
  ],
  ['a CONNECT without a protocol', { connectProtocol: undefined }, 501, 'not-websocket'],
  ['another protocol', { connectProtocol: 'connect-udp' }, 501, 'not-websocket'],
  [
    'no version',
    { headers: { 'Sec-WebSocket-Version': undefined } },
    400,
    'version',
    { 'Sec-WebSocket-Version': '13' },
  ],
  ['version 8', { headers: { 'Sec-WebSocket-Version': '8' } }, 400, 'version'],
  ['a subprotocol twice', { headers: { 'Sec-WebSocket-Protocol': 'a, a' } }, 400, 'malformed'],
  ['a broken extension', { headers: { 'Sec-WebSocket-Extensions': ';' } }, 400, 'malformed'],
  ['no authority', { headers: { Host: undefined } }, 400, 'malformed'],
  ['two authorities', { headers: { Host: ['a.example', 'b.example'] } }, 400, 'malformed'],
])('%s over HTTP/2 is refused with its status', (_what, changes, status, reason, headers = {}) => {
  expect(outcome(changes)).toMatchObject({ action: 'refuse', refusal: { status, reason, headers } })
})

test('no refusal over HTTP/2 asks for an upgrade', () => {
  for (const changes of [{ method: 'GET' }, { headers: { 'Sec-WebSocket-Version': '8' } }]) {
    const refused = outcome(changes)
    expect(refused.action === 'refuse' && 'Upgrade' in refused.refusal.headers).toBe(false)
  }
})

test('origin, host, subprotocol and authorize decide over HTTP/2 as over HTTP/1.1', () => {
  const elsewhere = { headers: { Origin: 'https://elsewhere.example' } }
  expect(outcome(elsewhere, { allowedOrigins: 'same-origin' })).toMatchObject({
    refusal: { status: 403, reason: 'origin' },
  })
  expect(outcome({}, { allowedHosts: ['other.example'] })).toMatchObject({
    refusal: { status: 403, reason: 'host' },
  })
  const seen: unknown[] = []
  const offer = { headers: { 'Sec-WebSocket-Protocol': 'other, chat' } }
  const options = {
    protocols: ['chat'],
    authorize: (request: object) => {
      seen.push(request)
      return {}
    },
  }
  expect(outcome(offer, options)).toMatchObject({
    action: 'accept',
    admission: { protocol: 'chat' },
  })
  expect(seen).toMatchObject([
    { method: 'CONNECT', httpVersion: '2.0', connectProtocol: 'websocket', host: 'server.example' },
  ])
})
