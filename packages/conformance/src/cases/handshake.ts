import assert from 'node:assert/strict'
import type { RefusalReason } from '@wirebeat/core'
import { type Case, inGroup, needing, type UngroupedCase } from '../case.ts'
import type { HttpResponse } from '../http.ts'
import type { RequestOptions } from '../web-socket-client.ts'

/** A request as a browser sends it for a page. */
export const PLAIN_GET: RequestOptions = { headers: { Upgrade: null, Connection: null } }

/** A key of the right length that is no base64. */
const JUNK_KEY = '!!!!!!!!!!!!!!!!!!!!!!=='
const GOOD_KEY = 'AAAAAAAAAAAAAAAAAAAAAA=='

/** Of a request of HTTP/1.1. */
const refusals: readonly (readonly [
  what: string,
  request: RequestOptions,
  status: number,
  reason: RefusalReason,
  header?: readonly [name: string, value: string],
])[] = [
  ['a plain GET', PLAIN_GET, 426, 'not-websocket', ['upgrade', 'websocket']],
  [
    'an upgrade to something else',
    { headers: { Upgrade: 'h2c' } },
    426,
    'not-websocket',
    ['upgrade', 'websocket'],
  ],
  ['a plain POST', { ...PLAIN_GET, method: 'POST' }, 426, 'not-websocket'],
  ['a POST', { method: 'POST' }, 405, 'method', ['allow', 'GET']],
  ['a PUT', { method: 'PUT' }, 405, 'method', ['allow', 'GET']],
  ...['8', '99', '013', '13, 8', null].map(
    (version) =>
      [
        version === null ? 'no version' : `the version ${version}`,
        { headers: { 'Sec-WebSocket-Version': version } },
        426,
        'version',
        ['sec-websocket-version', '13'],
      ] as const,
  ),
  ['no Connection header', { headers: { Connection: null } }, 400, 'malformed'],
  [
    'a Connection header without upgrade',
    { headers: { Connection: 'keep-alive' } },
    400,
    'malformed',
  ],
  ['no key', { headers: { 'Sec-WebSocket-Key': null } }, 400, 'malformed'],
  ['an empty key', { headers: { 'Sec-WebSocket-Key': '' } }, 400, 'malformed'],
  ['a short key', { headers: { 'Sec-WebSocket-Key': 'c2hvcnQ=' } }, 400, 'malformed'],
  ['a long key', { headers: { 'Sec-WebSocket-Key': `AAAA${GOOD_KEY}` } }, 400, 'malformed'],
  ['a key that is no base64', { headers: { 'Sec-WebSocket-Key': JUNK_KEY } }, 400, 'malformed'],
  ['two keys', { headers: { 'Sec-WebSocket-Key': [GOOD_KEY, GOOD_KEY] } }, 400, 'malformed'],
]

/** Of a request of any version of HTTP. */
const broken: typeof refusals = [
  ['a subprotocol that is no token', { protocols: 'chat room' }, 400, 'malformed'],
  ['a subprotocol offered twice', { protocols: 'chat, chat' }, 400, 'malformed'],
]

/** What every refusal owes: its status, and one line of plain text that says what was wrong. */
export function expectRefusal({ status, headers, body }: HttpResponse, expected: number): void {
  assert.equal(status, expected)
  assert.match(headers.get('content-type') ?? '', /^text\/plain\b/)
  assert.match(body, /^[^\r\n]+\n?$/)
}

function refusedWith(list: typeof refusals): readonly UngroupedCase[] {
  return list.map(
    ([what, request, status, reason, header]): UngroupedCase => ({
      name: `a handshake with ${what} is refused with ${status}`,
      section: 'RFC 6455, section 4.2.1',
      async run(harness) {
        const server = await harness.start()
        const response = await server.request(request)
        expectRefusal(response, status)
        if (header !== undefined) assert.equal(response.headers.get(header[0]), header[1])
        const refusal = await server.told.refused.next()
        assert.deepEqual({ status: refusal.status, reason: refusal.reason }, { status, reason })
        await server.expectEcho(await server.open(), 'the next one is welcome')
        assert.equal(server.told.refused.all.length, 1)
      },
    }),
  )
}

const accepted: readonly (readonly [what: string, request: RequestOptions])[] = [
  ['an Upgrade header in another case', { headers: { Upgrade: 'WebSocket' } }],
  ['an Upgrade header with a list', { headers: { Upgrade: 'h2c, WebSocket' } }],
  ['a Connection header with a list', { headers: { Connection: 'keep-alive, Upgrade' } }],
  ['a list without spaces', { headers: { Connection: 'keep-alive,UPGRADE' } }],
  ['a query behind the path', { path: '/ws?room=1&path=/other' }],
  ['an extension that nobody knows', { headers: { 'Sec-WebSocket-Extensions': 'x-unknown' } }],
  ['an empty list of extensions', { headers: { 'Sec-WebSocket-Extensions': '' } }],
  [
    'a list of extensions with empty members',
    { headers: { 'Sec-WebSocket-Extensions': ', x-unknown,,' } },
  ],
]

const welcome: readonly UngroupedCase[] = [
  {
    name: 'a good handshake is answered as the standard asks, without subprotocol or extension',
    section: 'RFC 6455, section 4.2.2',
    async run(harness) {
      const server = await harness.start()
      // Opening checks status, Upgrade, Connection and Sec-WebSocket-Accept.
      const client = await server.open()
      assert.equal(client.protocol, undefined)
      assert.equal(client.response.headers.get('sec-websocket-extensions'), undefined)
      const connection = await server.told.opened.next()
      assert.equal(connection.remoteAddress, '127.0.0.1')
      assert.equal(connection.protocol, '')
    },
  },
  ...accepted.map(
    ([what, request]): UngroupedCase => ({
      name: `${what} is accepted`,
      section: 'RFC 6455, section 4.2.1',
      async run(harness) {
        const server = await harness.start()
        const client = await server.open(request)
        assert.equal(client.response.headers.get('sec-websocket-extensions'), undefined)
        await server.expectEcho(client, 'hello')
      },
    }),
  ),
  {
    name: 'every connection has an id of its own, also beside those of another endpoint',
    section: 'Design 10: Sessions',
    async run(harness) {
      const servers = await Promise.all([harness.start(), harness.start()])
      const ids = new Set<string>()
      for (const server of servers) {
        await Promise.all([server.open(), server.open(), server.open()])
        for (let i = 0; i < 3; i++) ids.add((await server.told.opened.next()).id)
        assert.equal(server.endpoint.connections.size, 3)
      }
      assert.equal(ids.size, 6)
    },
  },
  ...['/', '/ws/', '/WS', '/ws2', '/w', '/other?path=/ws'].map(
    (path): UngroupedCase => ({
      name: `a handshake at ${path} is for nobody and gets 404`,
      section: 'Design 1: Handshake order',
      async run(harness) {
        const server = await harness.start()
        assert.equal((await server.request({ path })).status, 404)
        assert.equal((await server.request({ ...PLAIN_GET, path })).status, 404)
        await server.expectEcho(await server.open(), 'hello')
        assert.deepEqual(server.told.refused.all, [])
      },
    }),
  ),
]

const selections: readonly (readonly [
  what: string,
  configured: readonly string[],
  offered: string | undefined,
  chosen: string | undefined,
])[] = [
  ['the server’s order decides', ['second', 'first'], 'first, second', 'second'],
  ['a single one in common is chosen', ['chat'], 'other, chat', 'chat'],
  ['a list without spaces is a list', ['chat'], 'other,chat', 'chat'],
  ['none in common is named to no one', ['chat'], 'other', undefined],
  ['names differ by case', ['chat'], 'Chat', undefined],
  ['none is named where none is configured', [], 'chat, other', undefined],
  ['none is named where none is offered', ['chat'], undefined, undefined],
  ['an empty list offers none', ['chat'], '', undefined],
  ['a list of nothing but commas offers none', ['chat'], ' , ,', undefined],
  ['an empty member at the end is ignored', ['chat'], 'chat,', 'chat'],
  ['empty members in between are ignored', ['chat'], 'other, ,,chat', 'chat'],
]

const subprotocols = selections.map(
  ([what, protocols, offered, chosen]): UngroupedCase => ({
    name: `subprotocols: ${what}`,
    section: 'RFC 6455, section 4.2.2',
    async run(harness) {
      const server = await harness.start({ protocols })
      const client = await server.open(offered === undefined ? {} : { protocols: offered })
      assert.equal(client.protocol, chosen)
      assert.equal((await server.told.opened.next()).protocol, chosen ?? '')
      await server.expectEcho(client, 'hello')
    },
  }),
)

/** Handshakes: what is refused and how, what is accepted, and which subprotocol is chosen. */
export const handshakeCases: readonly Case[] = inGroup('handshake', [
  ...needing('http-1.1', refusedWith(refusals)),
  ...refusedWith(broken),
  ...welcome,
  ...subprotocols,
])
