import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import {
  constants,
  createSecureServer,
  createServer,
  type Http2SecureServer,
  type Http2Server,
} from 'node:http2'
import { connect } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { connect as connectTls } from 'node:tls'
import { makeCertificate } from '@wirebeat/conformance/certificate'
import { allow, createEndpoint, type EndpointOptions, echo, refuse } from '@wirebeat/core'
import { expect, onTestFinished, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { attach } from '../src/attach.ts'
import { listen } from '../src/listen.ts'
import { answerTo, askOver, echoOver, openOver, openSession, textFrame } from './http2-client.ts'

const tls = await makeCertificate()
const [cert, key] = await Promise.all([readFile(tls.cert), readFile(tls.key)])
const settings = { enableConnectProtocol: true }

const secureServer = (): Http2SecureServer =>
  createSecureServer({ cert, key, allowHTTP1: true, settings })

async function portOf(server: Http2Server | Http2SecureServer): Promise<number> {
  onTestFinished(() => void server.close())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port')
  return address.port
}

/** A session with a server whose only endpoint echoes at `/ws`. */
async function sessionWith(options: Partial<EndpointOptions<unknown>> = {}) {
  const endpoint = createEndpoint({
    path: '/ws',
    session: echo(),
    authorize: () => ({}),
    ...options,
  })
  const port = await portOf(attach(secureServer(), endpoint))
  return { endpoint, port, session: await openSession(port) }
}

test('a WebSocket opens over HTTP/2, with the subprotocol and the compression that were agreed', async () => {
  const { session } = await sessionWith({ protocols: ['chat'], compression: true })
  const stream = askOver(session, {
    'sec-websocket-protocol': 'other, chat',
    'sec-websocket-extensions': 'permessage-deflate; client_max_window_bits',
  })
  const [headers] = await once(stream, 'response')
  expect(headers).toMatchObject({ ':status': 200, 'sec-websocket-protocol': 'chat' })
  expect(headers['sec-websocket-extensions']).toMatch(/^permessage-deflate/)
  expect(headers).not.toHaveProperty('sec-websocket-accept')
  expect(await echoOver(stream, 'hello')).toBe('hello')
})

test('authorize sees the request as it came over HTTP/2', async () => {
  const seen: unknown[] = []
  const { session } = await sessionWith({
    authorize({ method, httpVersion, connectProtocol, url, host, remoteAddress, secure, headers }) {
      seen.push(method, httpVersion, connectProtocol, url, host, remoteAddress, secure)
      seen.push(headers.get('Cookie'))
      return allow(undefined)
    },
  })
  await openOver(session, {
    ':path': '/ws?a=b',
    ':authority': 'chat.example',
    cookie: ['a=1', 'b=2'],
    host: 'chat.example',
  })
  const facts = ['CONNECT', '2.0', 'websocket', '/ws?a=b', 'chat.example', '127.0.0.1', true]
  expect(seen).toEqual([...facts, 'a=1; b=2'])
})

test('clients of HTTP/1.1 and of HTTP/2 use the same server', async () => {
  const { port, session } = await sessionWith()
  const socket = new WebSocket(`wss://127.0.0.1:${port}/ws`, { rejectUnauthorized: false })
  await once(socket, 'open')
  socket.send('over HTTP/1.1')
  const [message] = await once(socket, 'message')
  expect(String(message)).toBe('over HTTP/1.1')
  expect(await echoOver(await openOver(session), 'over HTTP/2')).toBe('over HTTP/2')
  socket.terminate()
})

test('a server without TLS takes WebSockets over HTTP/2 as well', async () => {
  const endpoint = createEndpoint({ path: '/ws', session: echo() })
  const port = await portOf(attach(createServer({ settings }), endpoint))
  const stream = await openOver(await openSession(port, 'http'))
  expect(await echoOver(stream, 'hello')).toBe('hello')
})

test('what is no WebSocket for an endpoint is told so, and a path of nobody gets 404', async () => {
  const { session } = await sessionWith()
  const get = { ':method': 'GET', ':protocol': undefined }
  expect(await answerTo(askOver(session, get))).toMatchObject({
    status: 405,
    headers: { allow: 'CONNECT' },
    body: 'This is a WebSocket endpoint. Over HTTP/2 the method must be CONNECT (RFC 8441).',
  })
  expect(await answerTo(askOver(session, { ':protocol': 'connect-udp' }))).toMatchObject({
    status: 501,
  })
  for (const path of [{ ':path': '/other' }, { ...get, ':path': '/other' }]) {
    expect(await answerTo(askOver(session, path))).toMatchObject({
      status: 404,
      body: 'Nothing is served at this path.',
    })
  }
  expect(await echoOver(await openOver(session), 'unharmed')).toBe('unharmed')
})

test('pages reach the routes of the server, and other protocols its connect listeners', async () => {
  const server = attach(secureServer(), createEndpoint({ path: '/ws', session: echo() }))
  server.on('request', (_request, response) => void response.end('a page'))
  server.on('connect', (_request, response) => {
    response.statusCode = 418
    response.end()
  })
  const session = await openSession(await portOf(server))
  const page = { ':method': 'GET', ':protocol': undefined, ':path': '/' }
  expect(await answerTo(askOver(session, page))).toMatchObject({ status: 200, body: 'a page' })
  expect((await answerTo(askOver(session, { ':path': '/theirs' }))).status).toBe(418)
  expect(await echoOver(await openOver(session), 'ours')).toBe('ours')
})

test('a WebSocket for a path of nobody gets 404 beside pages, for browsers do not fall back', async () => {
  const server = attach(secureServer(), createEndpoint({ path: '/ws', session: echo() }))
  server.on('request', (_request, response) => void response.end('a page'))
  const session = await openSession(await portOf(server))
  expect((await answerTo(askOver(session, { ':path': '/other' }))).status).toBe(404)
})

test('a refusal has its status, its headers and its body, without those of HTTP/1.1', async () => {
  const refusal = refuse(403, {
    headers: { 'X-Why': 'no ticket', 'Keep-Alive': 'timeout=5', TE: 'gzip' },
    body: 'Bring a ticket.',
  })
  for (const authorize of [() => refusal, async () => refusal]) {
    const { session } = await sessionWith({ authorize })
    const stream = askOver(session)
    const { status, headers, body } = await answerTo(stream)
    expect({ status, body }).toEqual({ status: 403, body: 'Bring a ticket.' })
    expect(headers).toMatchObject({ 'x-why': 'no ticket', 'content-length': '15' })
    expect(headers).not.toHaveProperty('keep-alive')
    expect(headers).not.toHaveProperty('te')
    // The server does not wait for the client to hang up.
    await vi.waitFor(() => expect(stream.closed).toBe(true))
  }
})

test('a refused client that takes nothing of its refusal is disconnected', async () => {
  const { endpoint, port } = await sessionWith({
    closeTimeout: 200,
    authorize: () => refuse(403, { body: 'x'.repeat(200_000) }),
  })
  const session = await openSession(port)
  const stream = askOver(session)
  await once(stream, 'response')
  await vi.waitFor(() => expect(endpoint.stats().lingering).toBe(1))
  await vi.waitFor(() => expect(endpoint.stats().lingering).toBe(0), { timeout: 20_000 })
})

test.each([
  [
    'resets its stream',
    (stream: Awaited<ReturnType<typeof openOver>>) =>
      stream.close(constants.NGHTTP2_INTERNAL_ERROR),
  ],
  [
    'cancels its stream',
    (stream: Awaited<ReturnType<typeof openOver>>) => stream.close(constants.NGHTTP2_CANCEL),
  ],
  [
    'ends its stream without a close frame',
    (stream: Awaited<ReturnType<typeof openOver>>) => stream.end(),
  ],
])('a client that %s is lost, and the others of its session go on', async (_what, act) => {
  const { endpoint, session } = await sessionWith()
  const ends: unknown[] = []
  endpoint.on('close', (_connection, event) => ends.push(event))
  const [first, second] = await Promise.all([openOver(session), openOver(session)])
  act(first)
  await vi.waitFor(() => expect(ends).toMatchObject([{ code: 1006, cause: 'lost' }]))
  expect(await echoOver(second, 'unharmed')).toBe('unharmed')
  expect(await echoOver(await openOver(session), 'a new one')).toBe('a new one')
})

test.each([
  ['closes', 'client', 1000],
  ['is closed', 'server', 1001],
  ['breaks the protocol', 'protocol-error', 1002],
])(
  'a client that %s has ended, though it leaves its side of the stream open',
  async (act, cause, code) => {
    const { endpoint, session } = await sessionWith({ closeTimeout: 600_000 })
    const ends: unknown[] = []
    endpoint.on('close', (_connection, event) => ends.push(event))
    const stream = await openOver(session)
    const ended = once(stream.resume(), 'end')
    if (act === 'is closed') for (const connection of endpoint.connections) connection.close(code)
    const closeFrame = Buffer.of(0x88, 0x82, 0, 0, 0, 0, code >> 8, code & 0xff)
    stream.write(act === 'breaks the protocol' ? Buffer.of(0xff, 0x80, 0, 0, 0, 0) : closeFrame)
    await ended
    await vi.waitFor(() => expect(ends).toMatchObject([{ cause, code }]))
    expect(stream.rstCode).toBe(constants.NGHTTP2_NO_ERROR)
  },
)

test('connections outlive the GOAWAY of their client, and end with its session', async () => {
  const { endpoint, session } = await sessionWith()
  const stream = await openOver(session)
  session.goaway(constants.NGHTTP2_NO_ERROR)
  expect(await echoOver(stream, 'still there')).toBe('still there')
  expect(endpoint.connections.size).toBe(1)
  session.destroy()
  await vi.waitFor(() => expect(endpoint.connections.size).toBe(0))
})

test('terminate() cancels one stream, and the others of its session go on', async () => {
  const { session } = await sessionWith({
    session: {
      message(connection, message) {
        if (message === 'end') connection.terminate()
        else connection.send(message)
      },
    },
  })
  const [first, second] = await Promise.all([openOver(session), openOver(session)])
  const closed = once(first.resume(), 'close')
  first.write(textFrame('end'))
  await closed
  // What stands for a reset (RFC 8441, section 5).
  expect(first.rstCode).toBe(constants.NGHTTP2_CANCEL)
  expect(await echoOver(second, 'unharmed')).toBe('unharmed')
})

test('a paused connection holds up its client, and no other of its session', async () => {
  const { endpoint, session } = await sessionWith({
    receiveBufferSize: 64 * 1024,
    session: {
      message(connection, message) {
        if (message === 'pause') connection.pause()
        connection.send(message)
      },
    },
  })
  const [paused, active] = await Promise.all([openOver(session), openOver(session)])
  expect(await echoOver(paused, 'pause')).toBe('pause')
  const piece = textFrame('x'.repeat(100))
  const flood = Buffer.concat(new Array<Buffer>(10_000).fill(piece))
  const taken = new Promise((resolve) => paused.write(flood, resolve))
  for (let i = 0; i < 50; i++) expect(await echoOver(active, `message ${i}`)).toBe(`message ${i}`)
  expect(endpoint.stats().received.messages).toBeLessThan(2_000)
  for (const connection of endpoint.connections) connection.resume()
  paused.resume()
  await taken
  await vi.waitFor(() => expect(endpoint.stats().received.messages).toBe(10_051))
})

test('a thousand connections on one session echo, and get a shutdown in order', async () => {
  const { endpoint, session } = await sessionWith({ maxConnections: 1_000 })
  const streams = await Promise.all(Array.from({ length: 1_000 }, () => openOver(session)))
  expect(endpoint.connections.size).toBe(1_000)
  expect((await answerTo(askOver(session))).status).toBe(503)
  const echoed = await Promise.all(streams.map((stream, i) => echoOver(stream, `number ${i}`)))
  expect(echoed).toEqual(streams.map((_stream, i) => `number ${i}`))
  for (const stream of streams) {
    // Answers the close frame with one of its own, which has the same code.
    stream.on('data', () => stream.end(Buffer.of(0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe9)))
  }
  const report = await endpoint.close({ deadline: 20_000 })
  expect(report).toMatchObject({ total: 1_000, clean: 1_000, terminated: 0 })
})

test('listen with http2 serves both versions, and ends idle sessions when it is closed', async () => {
  const endpoint = createEndpoint({ path: '/ws', session: echo() })
  const server = await listen(endpoint, { host: '127.0.0.1', tls, http2: true })
  const session = await openSession(server.port)
  const stream = await openOver(session)
  await server.close()
  // GOAWAY: what is open goes on, and nothing new is taken.
  expect(await echoOver(stream, 'still there')).toBe('still there')
  const gone = once(session, 'close')
  await endpoint.close({ deadline: 0 })
  await gone
})

test('a session on which nothing is open ends after handshakeTimeout', async () => {
  const endpoint = createEndpoint({ path: '/ws', handshakeTimeout: 300, session: echo() })
  const server = await listen(endpoint, { host: '127.0.0.1', tls, http2: true })
  const [idle, busy] = await Promise.all([openSession(server.port), openSession(server.port)])
  const stream = await openOver(busy)
  await once(idle, 'close', { signal: AbortSignal.timeout(20_000) })
  expect(await echoOver(stream, 'still there')).toBe('still there')
  await server.close()
  await endpoint.close({ deadline: 0 })
})

/** A frame of HTTP/2 (RFC 9113, section 4.1). */
function http2Frame(type: number, flags: number, stream: number, payload: Uint8Array): Buffer {
  const head = Buffer.of(
    0,
    payload.length >> 8,
    payload.length & 0xff,
    type,
    flags,
    0,
    0,
    0,
    stream,
  )
  return Buffer.concat([head, payload])
}

const [DATA, HEADERS, RST_STREAM, SETTINGS] = [0, 1, 3, 4]
const END_HEADERS = 4
const CLIENT_PREFACE = Buffer.concat([
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  http2Frame(SETTINGS, 0, 0, Buffer.alloc(0)),
])
/** The method GET (RFC 7541, appendix A), without the end of the fields. */
const PART_OF_FIELDS = http2Frame(HEADERS, 0, 1, Buffer.of(0x82))
const PART_OF_FRAME = PART_OF_FIELDS.subarray(0, 5)

test.each([
  ['a request', PART_OF_FIELDS],
  ['a frame', PART_OF_FRAME],
])('a session that leaves %s incomplete ends', async (_what, part) => {
  const endpoint = createEndpoint({ path: '/ws', handshakeTimeout: 300, session: echo() })
  const server = await listen(endpoint, { host: '127.0.0.1', tls, http2: true })
  onTestFinished(server.close)
  const client = connectTls({
    host: '127.0.0.1',
    port: server.port,
    ALPNProtocols: ['h2'],
    rejectUnauthorized: false,
  })
  onTestFinished(() => void client.destroy())
  client.on('error', () => {}).resume()
  await once(client, 'secureConnect')
  client.write(Buffer.concat([CLIENT_PREFACE, part]))
  await once(client, 'close', { signal: AbortSignal.timeout(20_000) })
})

test('a client that resets its request while it waits, and has sent much, is let go', async () => {
  let decide = (): void => {}
  const decision = new Promise<void>((resolve) => {
    decide = resolve
  })
  const endpoint = createEndpoint({
    path: '/ws',
    session: echo(),
    authorize: async () => {
      await decision
      return refuse(401)
    },
  })
  const port = await portOf(attach(createServer({ settings }), endpoint))
  const client = connect(port, '127.0.0.1')
  onTestFinished(() => void client.destroy())
  client.on('error', () => {}).resume()
  const fields = {
    ':method': 'CONNECT',
    ':protocol': 'websocket',
    ':scheme': 'http',
    ':path': '/ws',
    ':authority': 'localhost',
    'sec-websocket-version': '13',
  }
  client.write(CLIENT_PREFACE)
  client.write(http2Frame(HEADERS, END_HEADERS, 1, literalFields(fields)))
  await vi.waitFor(() => expect(endpoint.stats().pendingHandshakes).toBe(1))
  // More than is read before the answer, so that the end behind it is not.
  for (let count = 0; count < 6; count++) {
    client.write(http2Frame(DATA, 0, 1, Buffer.alloc(16_000)))
    await setTimeout(20)
  }
  client.write(http2Frame(RST_STREAM, 0, 1, Buffer.alloc(4)))
  await setTimeout(100)
  decide()
  await vi.waitFor(() => expect(endpoint.stats().refusals.unauthorized).toBe(1))
  await vi.waitFor(() => expect(endpoint.stats().lingering).toBe(0))
})

/** Fields of HTTP/2 as they are (RFC 7541, section 6.2.2). */
function literalFields(fields: Readonly<Record<string, string>>): Buffer {
  const parts = Object.entries(fields).flatMap(([name, value]) => [
    Buffer.of(0, name.length),
    Buffer.from(name),
    Buffer.of(value.length),
    Buffer.from(value),
  ])
  return Buffer.concat(parts)
}

test('listen with http2 needs TLS', async () => {
  const endpoint = createEndpoint({ session: echo() })
  // As plain JavaScript can call it.
  const listenAnyhow = listen as (...args: unknown[]) => Promise<unknown>
  await expect(listenAnyhow(endpoint, { http2: true })).rejects.toThrow(
    'http2 must be left out without tls, got true. Browsers speak HTTP/2 over TLS only.',
  )
  await expect(listenAnyhow(endpoint, { http2: 'yes' })).rejects.toThrow(
    'http2 must be true or false, got "yes".',
  )
  await expect(listenAnyhow(endpoint, null)).rejects.toThrow(
    'The second argument of listen must be an object of options, got null.',
  )
})
