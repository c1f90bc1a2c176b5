import assert from 'node:assert/strict'
import { type Case, inGroup, needing, type UngroupedCase } from '../case.ts'
import type { ServerOptions } from '../harness.ts'
import { handshakeRequest } from '../http.ts'

const CLIENT = 'https://client.example'

/** Requests that are no HTTP/1.1: one field is broken, all else is good. */
const noHttp: readonly (readonly [what: string, field: string, server?: ServerOptions])[] = [
  ['a folded header field', 'X-Folded: one\r\n two'],
  ['a header field that is folded at a tab', 'X-Folded: one\r\n\ttwo'],
  ['a folded Connection field', 'Connection: keep-alive,\r\n Upgrade'],
  ['a folded Upgrade field', 'Upgrade:\r\n websocket'],
  ['a folded Sec-WebSocket-Protocol field', 'Sec-WebSocket-Protocol: a,\r\n b'],
  [
    'a folded Origin field',
    `Origin: ${CLIENT}\r\n .elsewhere.example`,
    { allowedOrigins: [CLIENT], requireOrigin: true },
  ],
  ['a space behind the name of a header field', 'X-Space : one'],
  ['a NUL in a header field', 'X-Nul: a\0b'],
]

/** The request with its field, in the place of the good one of that name. */
function requestWith(field: string): string {
  const [name = ''] = field.split(':')
  const { text } = handshakeRequest({ headers: { [name]: null } })
  return text.replace('\r\n\r\n', `\r\n${field}\r\n\r\n`)
}

const brokenFields = noHttp.map(
  ([what, field, options]): UngroupedCase => ({
    name: `a request with ${what} is answered with 400`,
    section: 'RFC 9112, section 5',
    needs: ['bad-request'],
    async run(harness) {
      const server = await harness.start(options)
      const client = await server.connect()
      client.write(requestWith(field))
      assert.equal((await client.response()).status, 400)
      await client.ended()
      assert.equal(server.told.opened.all.length, 0)
    },
  }),
)

const harmless: readonly UngroupedCase[] = [
  {
    name: 'a request that is no HTTP/1.1 opens no connection, and does no harm',
    section: 'RFC 9112, section 5',
    async run(harness) {
      for (const [, field, options] of noHttp) {
        const server = await harness.start(options)
        const client = await server.connect()
        client.write(requestWith(field))
        await server.expectEcho(await server.open({ origin: CLIENT }), 'unharmed')
        assert.equal(server.told.opened.all.length, 1)
        assert.deepEqual(server.told.refused.all, [])
        client.reset()
      }
    },
  },
]

const bodies: readonly UngroupedCase[] = [
  ...[
    ['Content-Length above 0', 'Content-Length: 8', '\x81\x82\0\0\0\0hi'] as const,
    ['Transfer-Encoding', 'Transfer-Encoding: chunked', '0\r\n\r\n'] as const,
  ].map(
    ([what, field, body]): UngroupedCase => ({
      name: `a handshake with ${what} opens no connection, and its body is not read as frames`,
      section: 'RFC 6455, section 4.1',
      async run(harness) {
        const server = await harness.start()
        const client = await server.connect()
        client.write(`${requestWith(field)}${body}`)
        assert.equal((await client.response()).status, 400)
        await client.ended()
        assert.equal(server.told.opened.all.length, 0)
        assert.deepEqual(server.told.messages.all, [])
      },
    }),
  ),
  {
    name: 'a handshake with Content-Length: 0 has no body',
    section: 'RFC 9110, section 8.6',
    async run(harness) {
      const server = await harness.start()
      await server.expectEcho(await server.open({ headers: { 'Content-Length': '0' } }), 'hello')
    },
  },
]

/** Requests that an HTTP server must not take for a handshake. */
export const badRequestCases: readonly Case[] = inGroup(
  'handshake',
  needing('wire', needing('http-1.1', [...brokenFields, ...harmless, ...bodies])),
)
