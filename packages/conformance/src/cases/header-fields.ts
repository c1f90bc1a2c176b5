import assert from 'node:assert/strict'
import { allow, type RefusalReason } from '@wirebeat/core'
import { type Case, inGroup, needing, type UngroupedCase } from '../case.ts'
import { type HandshakeOptions, handshakeRequest } from '../http.ts'
import type { RequestOptions } from '../web-socket-client.ts'
import { expectRefusal } from './handshake.ts'

const KEY = 'AAAAAAAAAAAAAAAAAAAAAA=='
const OTHER_KEY = 'AAAAAAAAAAAAAAAAAAAAAQ=='
const CLIENT = 'https://client.example'

/** Sizes that are far beyond a browser's, and that servers must take all the same. */
const large: readonly (readonly [what: string, headers: HandshakeOptions['headers']])[] = [
  ['6 kB in one field', { 'X-Large': 'x'.repeat(6_000) }],
  ['6 kB of cookies', { Cookie: `session=${'c'.repeat(5_992)}` }],
  ['12 kB in one field', { 'X-Large': 'x'.repeat(12_000) }],
  [
    '6 kB in sixty fields',
    Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`X-Field-${i}`, 'x'.repeat(90)])),
  ],
  [
    '6 kB in sixty fields of one name',
    { 'X-Large': Array.from({ length: 60 }, () => 'x'.repeat(90)) },
  ],
]

function joined(value: string | readonly string[] | null): string | undefined {
  if (value === null) return undefined
  return typeof value === 'string' ? value : value.join(', ')
}

const sizes = large.map(
  ([what, headers = {}]): UngroupedCase => ({
    name: `header fields with ${what} are taken, and seen by authorize`,
    section: 'RFC 9110, section 5.4',
    async run(harness) {
      const seen = new Map<string, string | undefined>()
      const server = await harness.start({
        authorize({ headers: received }) {
          for (const name of Object.keys(headers)) seen.set(name, received.get(name))
          return allow()
        },
      })
      await server.expectEcho(await server.open({ headers }), 'hello')
      for (const [name, value] of Object.entries(headers)) {
        assert.ok(seen.get(name) === joined(value), `${name} is ${seen.get(name)?.length} long`)
      }
    },
  }),
)

const forms: readonly UngroupedCase[] = [
  {
    name: 'a request with 150 header fields is taken',
    section: 'RFC 9110, section 5.4',
    needs: ['many-header-fields'],
    async run(harness) {
      const fields = Array.from({ length: 150 }, (_, i) => [`X-Field-${i}`, 'x'])
      const server = await harness.start()
      const client = await server.open({ headers: Object.fromEntries(fields) })
      await server.expectEcho(client, 'hello')
    },
  },
  {
    name: 'a request with so many header fields that the server leaves some out is refused with 431',
    section: 'RFC 6585, section 5',
    needs: ['many-header-fields'],
    async run(harness) {
      const server = await harness.start({ allowedOrigins: [CLIENT] })
      const fields = Array.from({ length: 1_200 }, (_, i) => [`X${i}`, ''])
      const headers = { ...Object.fromEntries(fields), Origin: 'https://other.example' }
      // Some versions of Node refuse it themselves.
      const { status } = await server.request({ headers })
      assert.equal(status, 431)
    },
  },
  {
    name: 'a request target in absolute form is for its path',
    section: 'RFC 9112, section 3.2.2',
    needs: ['http-1.1', 'absolute-form'],
    async run(harness) {
      const server = await harness.start()
      const client = await server.open({ path: 'http://localhost/ws?query' })
      await server.expectEcho(client, 'hello')
    },
  },
]

const oddSpelling: readonly (readonly [what: string, spell: (name: string) => string])[] = [
  ['in lower case', (name) => name.toLowerCase()],
  ['in upper case', (name) => name.toUpperCase()],
  [
    'in odd case',
    (name) => name.replace(/[a-z]/gi, (c, i) => (i % 2 ? c.toUpperCase() : c.toLowerCase())),
  ],
]

const spellings = oddSpelling.map(
  ([how, spell]): UngroupedCase => ({
    name: `all header names ${how} mean the same`,
    section: 'RFC 9110, section 5.1',
    async run(harness) {
      const server = await harness.start({ allowedOrigins: [CLIENT], protocols: ['chat'] })
      const headers = (origin: string): RequestOptions => ({
        headers: Object.fromEntries([
          [spell('Host'), '127.0.0.1'],
          [spell('Upgrade'), 'websocket'],
          [spell('Connection'), 'Upgrade'],
          [spell('Sec-WebSocket-Key'), KEY],
          [spell('Sec-WebSocket-Version'), '13'],
          [spell('Sec-WebSocket-Protocol'), 'chat'],
          [spell('Origin'), origin],
        ]),
      })
      const client = await server.open(headers(CLIENT))
      assert.equal(client.protocol, 'chat')
      await server.expectEcho(client, 'hello')
      expectRefusal(await server.request(headers('https://elsewhere.example')), 403)
    },
  }),
)

const twice: readonly (readonly [
  what: string,
  headers: HandshakeOptions['headers'],
  status: number,
  reason: RefusalReason,
])[] = [
  ['two different keys', { 'Sec-WebSocket-Key': [KEY, OTHER_KEY] }, 400, 'malformed'],
  ['the version twice', { 'Sec-WebSocket-Version': ['13', '13'] }, 426, 'version'],
  ['two versions', { 'Sec-WebSocket-Version': ['13', '8'] }, 426, 'version'],
  ['two versions, the good one last', { 'Sec-WebSocket-Version': ['8', '13'] }, 426, 'version'],
  ['the host twice', { Host: ['127.0.0.1', '127.0.0.1'] }, 400, 'malformed'],
  ['two hosts', { Host: ['127.0.0.1', 'elsewhere.example'] }, 400, 'malformed'],
  [
    'one subprotocol in two fields',
    { 'Sec-WebSocket-Protocol': ['chat', 'chat'] },
    400,
    'malformed',
  ],
  [
    'two fields that upgrade to something else',
    { Upgrade: ['h2c', 'TLS/1.0'] },
    426,
    'not-websocket',
  ],
  [
    'two Connection fields without upgrade',
    { Connection: ['keep-alive', 'close'] },
    400,
    'malformed',
  ],
]

/** What can be said over HTTP/2 as well, and is refused with the same status. */
const OF_ANY_VERSION: ReadonlySet<string> = new Set(['two hosts', 'one subprotocol in two fields'])

const refusedTwice = twice.map(
  ([what, headers, status, reason]): UngroupedCase => ({
    name: `a handshake with ${what} is refused with ${status}, told as ${reason}`,
    section: 'RFC 6455, section 4.2.1',
    needs: OF_ANY_VERSION.has(what) ? [] : ['http-1.1'],
    async run(harness) {
      const server = await harness.start({ protocols: ['chat'] })
      expectRefusal(await server.request({ headers: { ...headers } }), status)
      const refusal = await server.told.refused.next()
      assert.deepEqual([refusal.status, refusal.reason], [status, reason])
      assert.equal(server.told.opened.all.length, 0)
    },
  }),
)

const lists: readonly (readonly [
  what: string,
  headers: HandshakeOptions['headers'],
  protocol?: string,
])[] = [
  ['Upgrade', { Upgrade: ['h2c', 'websocket'] }],
  ['Upgrade, websocket first,', { Upgrade: ['websocket', 'h2c'] }],
  ['Connection', { Connection: ['keep-alive', 'Upgrade'] }],
  ['Connection, upgrade first,', { Connection: ['Upgrade', 'keep-alive'] }],
  ['Sec-WebSocket-Protocol', { 'Sec-WebSocket-Protocol': ['other', 'chat'] }, 'chat'],
  [
    'Sec-WebSocket-Protocol with lists of its own',
    { 'Sec-WebSocket-Protocol': ['a, b', 'c, second', 'chat'] },
    'chat',
  ],
  [
    'Sec-WebSocket-Protocol, an empty one among them,',
    { 'Sec-WebSocket-Protocol': ['chat', ''] },
    'chat',
  ],
  ['Sec-WebSocket-Extensions', { 'Sec-WebSocket-Extensions': ['x-one', 'x-two; a=b'] }],
]

const overFields = lists.map(
  ([what, headers, protocol]): UngroupedCase => ({
    name: `the list in ${what} may come in several fields`,
    section: 'RFC 9110, section 5.3',
    async run(harness) {
      const server = await harness.start({ protocols: ['chat', 'second'] })
      const client = await server.open({ headers: { ...headers } })
      assert.equal(client.protocol, protocol)
      assert.equal((await server.told.opened.next()).protocol, protocol ?? '')
      await server.expectEcho(client, 'hello')
    },
  }),
)

const others: readonly UngroupedCase[] = [
  {
    name: 'a handshake without a Host field gets 400 and opens no connection',
    section: 'RFC 6455, section 4.2.1',
    needs: ['http-1.1'],
    async run(harness) {
      const server = await harness.start()
      assert.equal((await server.request({ headers: { Host: null } })).status, 400)
      assert.equal(server.told.opened.all.length, 0)
    },
  },
  ...[['HTTP/1.0', 'http-version'] as const, ['HTTP/0.9'] as const].map(
    ([version, needs]): UngroupedCase => ({
      name: `a handshake in ${version} opens no connection`,
      section: 'RFC 6455, section 4.2.1',
      needs: ['http-1.1', ...(needs === undefined ? [] : [needs])],
      async run(harness) {
        const server = await harness.start()
        const client = await server.connect()
        client.write(handshakeRequest().text.replace('HTTP/1.1', version))
        const { status } = await client.response()
        assert.ok(status >= 400, `the answer has the status ${status}`)
        assert.equal(server.told.opened.all.length, 0)
      },
    }),
  ),
  {
    name: 'a handshake in HTTP/1.0 is told that it needs HTTP/1.1, and what to set in nginx',
    section: 'RFC 9110, section 7.8',
    needs: ['http-1.1', 'http-version', 'http-1.0'],
    async run(harness) {
      const server = await harness.start()
      const client = await server.connect()
      client.write(handshakeRequest().text.replace('HTTP/1.1', 'HTTP/1.0'))
      const response = await client.response()
      expectRefusal(response, 426)
      assert.match(response.body, /HTTP\/1\.1.*proxy_http_version 1\.1/)
      assert.equal((await server.told.refused.next()).reason, 'not-websocket')
    },
  },
  {
    name: 'blanks around the values of header fields are no part of them',
    section: 'RFC 9110, section 5.5',
    async run(harness) {
      const server = await harness.start({ allowedOrigins: [CLIENT], protocols: ['chat'] })
      const client = await server.open({
        headers: {
          Upgrade: ' \t websocket \t ',
          Connection: '   keep-alive ,\t Upgrade   ',
          'Sec-WebSocket-Version': '  13  ',
          'Sec-WebSocket-Protocol': ' \tother ,\tchat\t',
          Origin: ` \t${CLIENT}\t `,
        },
      })
      assert.equal(client.protocol, 'chat')
      await server.expectEcho(client, 'hello')
    },
  },
]

/** Header fields of a handshake: large ones, odd ones, and the same one twice. */
export const headerFieldCases: readonly Case[] = inGroup(
  'handshake',
  needing('wire', [...sizes, ...forms, ...spellings, ...refusedTwice, ...overFields, ...others]),
)
