import assert from 'node:assert/strict'
import { refuse } from '@wirebeat/core'
import type { Body, HttpCall } from '@wirebeat/core/extension'
import { type Case, inGroup, needing, type UngroupedCase } from '../case.ts'
import type { Harness, Server, ServerOptions } from '../harness.ts'
import { handshakeRequest } from '../http.ts'
import { Inbox } from '../inbox.ts'
import type { RawClient } from '../raw-client.ts'
import { type Answer, TestExtension } from '../test-extension.ts'
import type { RequestOptions } from '../web-socket-client.ts'
import { expectRefusal } from './handshake.ts'

const TEXT = { 'Content-Type': 'text/plain' } as const
const LIMIT = { bytes: 1000, milliseconds: 5_000 } as const

/** The headers of a request that asks for no WebSocket. */
const NO_UPGRADE = {
  Upgrade: null,
  Connection: null,
  'Sec-WebSocket-Key': null,
  'Sec-WebSocket-Version': null,
} as const

type Headers = NonNullable<RequestOptions['headers']>

function plain(method: string, headers: Headers = {}, path = '/ws'): RequestOptions {
  return { method, path, headers: { ...NO_UPGRADE, ...headers } }
}

function post(body: string, headers: Headers = {}, path?: string): RequestOptions {
  const length = String(Buffer.byteLength(body))
  return {
    ...plain('POST', { 'Content-Length': length, ...headers }, path),
    early: Buffer.from(body),
  }
}

interface World {
  readonly server: Server
  readonly extension: TestExtension
}

async function start(
  harness: Harness,
  answer: Answer,
  options: ServerOptions = {},
): Promise<World> {
  const extension = new TestExtension(answer)
  return { extension, server: await harness.start({ httpTransports: extension, ...options }) }
}

/** Answers with what the body is, or why there is none. */
async function tellBody(call: HttpCall): Promise<void> {
  const body = await call.body(LIMIT)
  if (body === 'too-large') call.refuse(413, 'The body is too large.')
  else if (body === 'too-slow') call.refuse(408, 'The body is too slow.')
  else if (body !== 'gone') call.respond(200, TEXT, body)
}

const answers: readonly UngroupedCase[] = [
  ...(
    [
      ['/ws', '/ws', '', {}],
      ['/ws', '/ws/?a=b', '', {}],
      ['/ws', '/ws/negotiate?a=b', '/negotiate', {}],
      ['/ws', '/ws/negotiate/', '/negotiate', {}],
      ['/rooms/:id', '/rooms/a%2Fb/negotiate', '/negotiate', { id: 'a/b' }],
      ['/rooms/:id', '/rooms/seven/', '', { id: 'seven' }],
      ['/', '/', '', {}],
      ['/', '/negotiate', '/negotiate', {}],
    ] as const
  ).map(
    ([path, target, subpath, params]): UngroupedCase => ({
      name: `a plain request for ${target} is answered by the extension of ${path}`,
      section: 'Design 15: Plain requests',
      async run(harness) {
        const { server, extension } = await start(harness, tellBody, { path })
        const response = await server.request(post('hello', {}, target))
        assert.equal(response.status, 200)
        assert.equal(response.body, 'hello')
        assert.equal(response.headers.get('content-type'), 'text/plain')
        const call = await extension.calls.next()
        assert.equal(call.subpath, subpath)
        assert.equal(call.request.method, 'POST')
        assert.equal(call.request.url, target)
        assert.deepEqual({ ...call.request.params }, params)
      },
    }),
  ),
  {
    name: 'a plain request for another path is not handed to the extension',
    section: 'Design 15: Plain requests',
    async run(harness) {
      const { server, extension } = await start(harness, tellBody)
      for (const path of ['/', '/w', '/ws//', '/ws/other', '/ws/negotiate/a', '/negotiate']) {
        assert.equal((await server.request(plain('GET', {}, path))).status, 404, path)
      }
      assert.equal(extension.calls.all.length, 0)
    },
  },
  {
    name: 'WebSockets open beside plain requests, with a / at the end of the path as well',
    section: 'Design 15: Plain requests',
    async run(harness) {
      const { server, extension } = await start(harness, tellBody)
      await server.expectEcho(await server.open(), 'without')
      await server.expectEcho(await server.open({ path: '/ws/?a' }), 'with')
      assert.equal(extension.calls.all.length, 0)
      assert.equal((await server.told.opened.next()).transport, 'web-sockets')
    },
  },
  {
    name: 'a handshake that is malformed is refused as such, and not handed to the extension',
    section: 'Design 1: Handshake order',
    needs: ['http-1.1'],
    async run(harness) {
      const { server, extension } = await start(harness, tellBody)
      expectRefusal(await server.request({ headers: { Connection: 'close' } }), 400)
      assert.equal(extension.calls.all.length, 0)
    },
  },
  {
    name: 'a plain request without a body has an empty one',
    section: 'RFC 9112, section 6.3',
    async run(harness) {
      const { server } = await start(harness, tellBody)
      for (const request of [plain('GET'), plain('DELETE'), post('')]) {
        const response = await server.request(request)
        assert.equal(response.status, 200)
        assert.equal(response.body, '')
      }
    },
  },
  {
    name: 'a plain request that the extension answers with 204 has no body',
    section: 'RFC 9110, section 15.3.5',
    async run(harness) {
      const { server } = await start(harness, (call) => call.respond(204, {}))
      const response = await server.request(plain('GET'))
      assert.equal(response.status, 204)
      assert.equal(response.headers.get('content-length') ?? '0', '0')
    },
  },
  {
    name: 'header fields that come several times are sent as several',
    section: 'RFC 6265, section 3',
    needs: ['http-1.1'],
    async run(harness) {
      const { server } = await start(harness, (call) =>
        call.respond(200, { 'Set-Cookie': ['a=1', 'b=2'] }, new Uint8Array([104, 105])),
      )
      const response = await server.request(plain('GET'))
      assert.equal(response.headers.get('set-cookie'), 'a=1, b=2')
      assert.equal(response.body, 'hi')
    },
  },
  {
    name: 'a HEAD is answered without a body',
    section: 'RFC 9110, section 9.3.2',
    needs: ['http-1.1'],
    async run(harness) {
      const { server } = await start(harness, (call) => call.respond(405, TEXT, 'No HEAD.'))
      const client = await server.connect()
      const received: Buffer[] = []
      client.handTo((chunk) => received.push(chunk))
      client.write(handshakeRequest(plain('HEAD', { Connection: 'close' })).text)
      await client.ended()
      const answer = Buffer.concat(received).toString()
      assert.ok(answer.startsWith('HTTP/1.1 405 '), answer)
      assert.equal(answer.indexOf('\r\n\r\n'), answer.length - 4, answer)
    },
  },
  {
    name: 'what the extension throws is answered with 500, and told',
    section: 'Design 11: Errors',
    async run(harness) {
      const error = new Error('boom')
      const { server } = await start(harness, ({ request }) => {
        if (request.url === '/ws?now') throw error
        return Promise.reject(error)
      })
      for (const path of ['/ws?now', '/ws?later']) {
        expectRefusal(await server.request(plain('GET', {}, path)), 500)
      }
      for (let told = 0; told < 2; told++) assert.equal(await server.told.errors.next(), error)
      assert.deepEqual(server.refusals, { error: 2 })
    },
  },
]

const onOneConnection: readonly UngroupedCase[] = needing('http-1.1', [
  {
    name: 'a connection serves one plain request after another, and then a WebSocket',
    section: 'RFC 9112, section 9.3',
    async run(harness) {
      const { server } = await start(harness, tellBody)
      const client = await server.connect()
      for (const body of ['first', 'second', '']) {
        const { text } = handshakeRequest(post(body))
        client.write(text + body)
        assert.equal((await client.response()).body, body)
      }
      client.write(handshakeRequest().text)
      assert.equal((await client.response()).status, 101)
    },
  },
  {
    name: 'the body of a plain request may come in chunks and in pieces',
    section: 'RFC 9112, section 7.1',
    async run(harness) {
      const { server } = await start(harness, tellBody)
      const client = await server.connect()
      client.write(handshakeRequest(plain('POST', { 'Transfer-Encoding': 'chunked' })).text)
      for (const piece of ['5\r\nhel', 'lo\r\n', '3\r\n, w\r\n4\r', '\norld\r\n', '0\r\n\r\n']) {
        client.write(piece)
        // The response comes after the server has seen what came before.
        await server.request(plain('GET'))
      }
      assert.equal((await client.response()).body, 'hello, world')
    },
  },
  {
    name: 'a client that waits for 100 before it sends the body is told to go on',
    section: 'RFC 9110, section 10.1.1',
    needs: ['expect-continue'],
    async run(harness) {
      const { server } = await start(harness, tellBody)
      const client = await server.connect()
      client.write(
        handshakeRequest(plain('POST', { Expect: '100-continue', 'Content-Length': '5' })).text,
      )
      assert.equal((await client.response()).status, 100)
      client.write('hello')
      assert.equal((await client.response()).body, 'hello')
    },
  },
  {
    name: 'plain requests that come in one packet are answered in order',
    section: 'RFC 9112, section 9.3.2',
    needs: ['pipelining'],
    async run(harness) {
      const waiting: HttpCall[] = []
      const { server } = await start(harness, (call) => {
        waiting.push(call)
        if (call.request.url !== '/ws?2') return
        // The last one first.
        for (const one of waiting.reverse()) one.respond(200, TEXT, one.request.url)
      })
      const client = await server.connect()
      const texts = [0, 1, 2].map((n) => handshakeRequest(plain('GET', {}, `/ws?${n}`)).text)
      client.write(texts.join(''))
      for (const n of [0, 1, 2]) assert.equal((await client.response()).body, `/ws?${n}`)
    },
  },
])

/** Sends the head of a POST and some of its body, and waits until the extension has it. */
async function sendPart(
  { server, extension }: World,
  body: string,
  length: number,
): Promise<{ readonly client: RawClient; readonly call: HttpCall }> {
  const client = await server.connect()
  client.write(handshakeRequest(plain('POST', { 'Content-Length': String(length) })).text + body)
  return { client, call: await extension.calls.next() }
}

const bodies: readonly UngroupedCase[] = [
  {
    name: 'a body of exactly the limit is taken, and one of a byte more is refused with 413',
    section: 'Design 15: Plain requests',
    async run(harness) {
      const { server } = await start(harness, tellBody)
      const full = 'x'.repeat(LIMIT.bytes)
      assert.equal((await server.request(post(full))).body, full)
      expectStatus(await server.request(post(`${full}x`)), 413)
      assert.deepEqual(server.refusals, { transport: 1 })
    },
  },
  {
    name: 'a body in chunks that exceeds the limit is refused with 413 while it comes',
    section: 'Design 15: Plain requests',
    needs: ['http-1.1'],
    async run(harness) {
      const { server } = await start(harness, tellBody)
      const client = await server.connect()
      client.write(handshakeRequest(plain('POST', { 'Transfer-Encoding': 'chunked' })).text)
      client.write(`3e9\r\n${'x'.repeat(1001)}\r\n`)
      expectStatus(await client.response(), 413)
    },
  },
  {
    name: 'a body much larger than the limit does not keep the client from reading the 413',
    section: 'Design 15: Plain requests',
    async run(harness) {
      const { server } = await start(harness, tellBody)
      expectStatus(await server.request(post('x'.repeat(1024 * 1024))), 413)
    },
  },
  {
    name: 'a body that comes before the extension reads it is not lost',
    section: 'Design 15: Plain requests',
    async run(harness) {
      let read = (): void => {}
      const { server, extension } = await start(harness, async (call) => {
        if (call.request.method === 'POST') await new Promise<void>((resolve) => (read = resolve))
        const body = await call.body({ bytes: 1024 * 1024, milliseconds: 5_000 })
        call.respond(200, TEXT, String(body.length))
      })
      const response = server.request(post('x'.repeat(700_000)))
      await extension.calls.next()
      // The response comes after the server has seen what came before.
      await server.request(plain('GET'))
      read()
      assert.equal((await response).body, '700000')
    },
  },
  {
    name: 'a body that takes too long is refused with 408, and its connection ends',
    section: 'Design 15: Plain requests',
    async run(harness) {
      const world = await start(
        harness,
        async (call) => {
          if ((await call.body({ ...LIMIT, milliseconds: 50 })) === 'too-slow') {
            call.refuse(408, 'Too slow.')
          }
        },
        { closeTimeout: 100 },
      )
      const { client } = await sendPart(world, 'half', 100)
      expectStatus(await client.response(), 408)
      if (harness.can('request-time')) await client.ended()
    },
  },
  {
    name: 'a client that goes away within the body is told of',
    section: 'Design 15: Plain requests',
    async run(harness) {
      const bodies = new Inbox<Body>('a body')
      const world = await start(harness, async (call) => bodies.push(await call.body(LIMIT)))
      const { client, call } = await sendPart(world, 'half', 100)
      const gone = goneOf(call)
      client.reset()
      assert.equal(await bodies.next(), 'gone')
      await gone.next()
    },
  },
]

function expectStatus(response: { readonly status: number }, status: number): void {
  assert.equal(response.status, status)
}

function goneOf(call: HttpCall): Inbox<true> {
  const gone = new Inbox<true>('the client to have gone')
  call.onGone(() => gone.push(true))
  return gone
}

const PIECE = 'x'.repeat(64 * 1024)
/** More than the system takes for a socket that nobody reads from. */
const MOST_PIECES = 1024

const streams: readonly UngroupedCase[] = [
  {
    name: 'a streamed answer arrives piece by piece, and ends',
    section: 'Design 15: Plain requests',
    async run(harness) {
      const { server, extension } = await start(harness, () => {})
      const client = await server.connect()
      const received = new Received(client)
      client.write(handshakeRequest(plain('GET', { Connection: 'close' })).text)
      const call = await extension.calls.next()
      const stream = call.stream(200, { 'Content-Type': 'text/event-stream' }, () => {})
      await received.until('text/event-stream')
      assert.equal(stream?.write('one '), 'sent')
      await received.until('one ')
      stream?.write(new TextEncoder().encode('two é '))
      await received.until('two é ')
      stream?.end()
      await client.ended()
      assert.equal(stream?.write('three'), 'closed')
    },
  },
  {
    name: 'what waits of a streamed answer that nobody reads is told, and falls when it is read',
    section: 'Design 8: Backpressure',
    async run(harness) {
      const drained = new Inbox<true>('the answer to be drained')
      const { server, extension } = await start(harness, () => {})
      const client = await server.connect()
      client.pause()
      client.write(handshakeRequest(plain('GET')).text)
      const call = await extension.calls.next()
      const stream = call.stream(200, TEXT, () => drained.push(true))
      assert.ok(stream)
      let pieces = 0
      while (stream.bufferedAmount < 512 * 1024 && pieces < MOST_PIECES) {
        stream.write(PIECE)
        pieces++
        await new Promise((resolve) => setImmediate(resolve))
      }
      assert.equal(stream.write(PIECE), 'queued')
      const waited = stream.bufferedAmount
      assert.ok(waited >= 512 * 1024, `${waited} bytes wait after ${pieces} pieces`)
      const received = new Received(client)
      const before = drained.all.length
      client.resume()
      await drained.reach(before + 1)
      assert.equal(stream.bufferedAmount, 0)
      assert.equal(stream.write('the last'), 'sent')
      await received.until('the last')
    },
  },
  {
    name: 'a client that goes away within a streamed answer is told of',
    section: 'Design 15: Plain requests',
    async run(harness) {
      const { server, extension } = await start(harness, () => {})
      const client = await server.connect()
      client.write(handshakeRequest(plain('GET')).text)
      const call = await extension.calls.next()
      const gone = goneOf(call)
      const stream = call.stream(200, TEXT, () => {})
      const received = new Received(client)
      stream?.write('one')
      await received.until('one')
      client.reset()
      await gone.next()
      assert.equal(stream?.write('two'), 'closed')
      assert.equal(stream?.bufferedAmount, 0)
    },
  },
  {
    name: 'a streamed answer that is terminated ends the connection at once',
    section: 'Design 15: Plain requests',
    async run(harness) {
      const { server, extension } = await start(harness, () => {})
      const client = await server.connect()
      client.write(handshakeRequest(plain('GET')).text)
      const stream = (await extension.calls.next()).stream(200, TEXT, () => {})
      const received = new Received(client)
      stream?.write('one')
      await received.until('one')
      stream?.terminate()
      await client.ended()
    },
  },
  {
    name: 'a client that goes away before the answer is told of, and the answer does nothing',
    section: 'Design 15: Plain requests',
    async run(harness) {
      const { server, extension } = await start(harness, () => {})
      const client = await server.connect()
      client.write(handshakeRequest(plain('GET')).text)
      const call = await extension.calls.next()
      const gone = goneOf(call)
      client.reset()
      await gone.next()
      call.respond(200, TEXT, 'late')
      assert.equal(
        call.stream(200, TEXT, () => {}),
        undefined,
      )
      await server.expectEcho(await server.open(), 'unharmed')
    },
  },
]

/** All that comes from the server, as text. */
class Received {
  readonly #client: RawClient
  #text = ''

  constructor(client: RawClient) {
    this.#client = client
    const decoder = new TextDecoder()
    client.handTo((chunk) => {
      this.#text += decoder.decode(chunk, { stream: true })
      // What was looked for is at the end.
      if (this.#text.length > 1_000_000) this.#text = this.#text.slice(-1000)
    })
  }

  until(text: string): Promise<true> {
    return this.#client.until(JSON.stringify(text), () => this.#text.includes(text) || undefined)
  }
}

const decisions: readonly UngroupedCase[] = [
  ...(
    [
      [{ allowedHosts: ['other.example'] }, {}, 403, 'host'],
      [{ allowedOrigins: ['https://a.example'] }, { Origin: 'https://b.example' }, 403, 'origin'],
      [{ requireOrigin: true }, {}, 403, 'origin'],
      [{ authorize: () => refuse(401) }, {}, 401, 'unauthorized'],
      [{ authorize: async () => refuse(401) }, {}, 401, 'unauthorized'],
    ] as const satisfies readonly (readonly [ServerOptions, Headers, number, string])[]
  ).map(
    ([options, headers, status, reason]): UngroupedCase => ({
      name: `a plain request is refused with ${status} as a WebSocket is, for ${Object.entries(options).map(([name, value]) => `${name} ${typeof value === 'function' ? value.toString() : JSON.stringify(value)}`)}`,
      section: 'Design 15: Plain requests',
      async run(harness) {
        const { server, extension } = await start(harness, (call) => extension.hold(call), options)
        expectRefusal(await server.request(post('', headers)), status)
        expectRefusal(await server.request({ headers }), status)
        assert.deepEqual(server.refusals, { [reason]: 2 })
      },
    }),
  ),
  {
    name: 'a plain request without Host is refused with 400, and one of too many fields with 431',
    section: 'Design 1: Handshake order',
    needs: ['http-1.1', 'many-header-fields'],
    async run(harness) {
      const { server, extension } = await start(harness, tellBody)
      expectStatus(await server.request(plain('GET', { Host: null })), 400)
      const fields = Object.fromEntries(Array.from({ length: 501 }, (_, i) => [`x-${i}`, 'x']))
      expectStatus(await server.request(plain('GET', fields)), 431)
      assert.equal(extension.calls.all.length, 0)
    },
  },
  {
    name: 'a GET without Origin is let in where one is required of others',
    section: 'Design 15: Plain requests',
    async run(harness) {
      const { server } = await start(harness, tellBody, { requireOrigin: true })
      expectStatus(await server.request(plain('GET')), 200)
      expectRefusal(await server.request(plain('DELETE')), 403)
    },
  },
  {
    name: 'a place that a plain request holds counts as a connection, until it is given back',
    section: 'Design 15: Plain requests',
    async run(harness) {
      const { server, extension } = await start(harness, (call) => extension.hold(call), {
        maxConnections: 1,
      })
      expectStatus(await server.request(post('')), 200)
      expectRefusal(await server.request(post('')), 503)
      expectRefusal(await server.request(), 503)
      extension.release()
      await server.expectEcho(await server.open(), 'room')
      assert.deepEqual(server.refusals, { full: 2 })
    },
  },
  {
    name: 'a client that goes away while authorize decides about a plain request gives its place back',
    section: 'Design 15: Plain requests',
    async run(harness) {
      const asked = new Inbox<string>('authorize to be asked')
      const { server, extension } = await start(harness, (call) => extension.hold(call), {
        maxConnections: 1,
        authorize({ url }, { signal }) {
          if (url === '/ws?now') return {}
          return new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => {
              asked.push('aborted')
              reject(new Error('aborted'))
            })
            asked.push('asked')
          })
        },
      })
      const client = await server.connect()
      client.write(handshakeRequest(post('')).text)
      assert.equal(await asked.next(), 'asked')
      client.reset()
      assert.equal(await asked.next(), 'aborted')
      await server.expectEcho(await server.open({ path: '/ws?now' }), 'room')
    },
  },
  {
    name: 'a shutdown refuses plain requests that ask for a place, and hands over the others',
    section: 'Design 9: Shutdown',
    async run(harness) {
      const { server, extension } = await start(harness, (call) =>
        call.request.method === 'GET' ? tellBody(call) : extension.hold(call),
      )
      await server.endpoint.close()
      expectRefusal(await server.request(post('')), 503)
      expectStatus(await server.request(plain('GET')), 200)
    },
  },
]

const claims: readonly UngroupedCase[] = [
  {
    name: 'a WebSocket takes the place that a plain request holds, and its id',
    section: 'Design 15: Plain requests',
    async run(harness) {
      const { server, extension } = await start(harness, (call) => extension.hold(call), {
        maxConnections: 1,
        maxConnectionsPerAddress: 1,
      })
      expectStatus(await server.request(post('')), 200)
      expectRefusal(await server.request(), 503)
      const client = await server.open({ path: '/ws?id=secret' })
      const connection = await server.told.opened.next()
      assert.equal(connection.id, 'public')
      assert.equal(connection.transport, 'web-sockets')
      assert.equal(await extension.claims.next(), 'opened')
      await server.expectEcho(client, 'hello')
      // The place is not free once more.
      extension.release()
      expectRefusal(await server.request(), 503)
      client.close(1000)
      await server.expectClose({ cause: 'client', code: 1000 })
      assert.equal(await extension.claims.next(), 'ended')
      await server.expectEcho(await server.open(), 'room')
    },
  },
  {
    name: 'a WebSocket that asks for a place of nobody is refused as the extension says',
    section: 'Design 15: Plain requests',
    async run(harness) {
      const { server } = await start(harness, () => {})
      const response = await server.request({ path: '/ws?id=unknown' })
      expectRefusal(response, 404)
      assert.match(response.body, /^There is none\./)
      assert.deepEqual(server.refusals, { transport: 1 })
    },
  },
  {
    name: 'a WebSocket that authorize refuses leaves the place to another one',
    section: 'Design 15: Plain requests',
    async run(harness) {
      const { server, extension } = await start(harness, (call) => extension.hold(call), {
        maxConnections: 1,
        authorize: async ({ headers }) => (headers.get('x-user') === 'me' ? {} : refuse(401)),
      })
      const me = { 'X-User': 'me' }
      expectStatus(await server.request(post('', me)), 200)
      expectRefusal(await server.request({ path: '/ws?id=secret' }), 401)
      assert.equal(await extension.claims.next(), 'refused')
      expectRefusal(await server.request({ headers: me }), 503)
      await server.expectEcho(await server.open({ path: '/ws?id=secret', headers: me }), 'me')
    },
  },
]

/** What is answered to requests that ask for no WebSocket, by who is asked for it. */
export const plainRequestCases: readonly Case[] = inGroup(
  'plain requests',
  needing(
    'wire',
    needing('plain-requests', [
      ...answers,
      ...onOneConnection,
      ...bodies,
      ...streams,
      ...decisions,
      ...claims,
    ]),
  ),
)
