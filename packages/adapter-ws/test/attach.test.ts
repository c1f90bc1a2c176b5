import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer, type RequestListener, type Server } from 'node:http'
import { connect as connectHttp2, createSecureServer as createHttp2Server } from 'node:http2'
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https'
import { connect, createServer as createTcpServer, type Socket } from 'node:net'
import { promisify } from 'node:util'
import { makeCertificate } from '@wirebeat/conformance/certificate'
import { createEndpoint, echo, type HandlerSession } from '@wirebeat/core'
import { afterEach, expect, onTestFinished, test, vi } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { attach } from '../src/attach.ts'
import { ask, HANDSHAKE } from './http-client.ts'

const servers: Server[] = []

afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections()
})

async function portOf(server: Server): Promise<number> {
  servers.push(server)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port')
  return address.port
}

/** A session that says its name and closes. */
function named(name: string): HandlerSession {
  return {
    open(connection) {
      connection.send(name)
      connection.close()
    },
  }
}

async function firstMessage(
  port: number,
  path: string,
  protocols: string | string[] = [],
): Promise<string> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, protocols)
  const [message] = await once(socket, 'message')
  await once(socket, 'close')
  return String(message)
}

/** Asks for a WebSocket, and does not hang up after the answer. */
async function ask403(port: number): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true }).on('error', () => {})
  onTestFinished(() => void socket.destroy())
  const fields = { Host: 'localhost', ...HANDSHAKE, Origin: 'https://elsewhere.example' }
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.write(`GET / HTTP/1.1\r\n${lines.join('')}\r\n`)
  const [answer] = await once(socket, 'data')
  expect(String(answer)).toMatch(/^HTTP\/1.1 403/)
  return socket
}

test('refused clients that do not hang up are counted, and no more than maxConnections may linger', async () => {
  const server = createServer()
  const allowedOrigins = ['https://page.example']
  const closeTimeout = 120_000
  const options = { session: echo(), allowedOrigins, closeTimeout, maxConnections: 2 }
  const endpoint = createEndpoint(options)
  attach(server, endpoint)
  const port = await portOf(server)
  const connections = promisify(server.getConnections.bind(server))
  for (let i = 0; i < 4; i++) await ask403(port)
  const last = await ask403(port)
  await vi.waitFor(async () => expect(await connections()).toBe(2))
  expect(endpoint.stats().lingering).toBe(2)
  last.end()
  await vi.waitFor(async () => expect(await connections()).toBe(1))
  expect(endpoint.stats().lingering).toBe(1)
})

const page: RequestListener = (_request, response) => {
  response.end('a page')
}

test('several endpoints share one server by their paths', async () => {
  const server = createServer()
  attach(server, createEndpoint({ path: '/a', session: named('a') }))
  attach(server, createEndpoint({ path: '/b', session: named('b') }))
  const port = await portOf(server)
  expect(await firstMessage(port, '/a')).toBe('a')
  expect(await firstMessage(port, '/b?query')).toBe('b')
})

test('an endpoint without a path takes what no other endpoint takes, even when it came first', async () => {
  const server = createServer()
  attach(server, createEndpoint({ session: named('any') }))
  attach(server, createEndpoint({ path: '/a', session: named('a') }))
  const port = await portOf(server)
  expect(await firstMessage(port, '/a')).toBe('a')
  expect(await firstMessage(port, '/else')).toBe('any')
})

test('of several endpoints that take a path the most exact one gets it, whichever came first', async () => {
  const paths = ['/:site/:room', '/a/:room', '/:site/b', '/a/b']
  for (const order of [paths, [...paths].reverse()]) {
    const server = createServer()
    attach(server, createEndpoint({ session: named('any') }))
    for (const path of order) attach(server, createEndpoint({ path, session: named(path) }))
    const port = await portOf(server)
    expect(await firstMessage(port, '/a/b')).toBe('/a/b')
    expect(await firstMessage(port, '/a/x')).toBe('/a/:room')
    expect(await firstMessage(port, '/x/b')).toBe('/:site/b')
    expect(await firstMessage(port, '/x/x')).toBe('/:site/:room')
    expect(await firstMessage(port, '/x')).toBe('any')
  }
})

test('a second endpoint whose parameters only have other names is refused', () => {
  const server = attach(createServer(), createEndpoint({ path: '/rooms/:id', session: echo() }))
  expect(() => attach(server, createEndpoint({ path: '/rooms/:name', session: echo() }))).toThrow(
    'This server already has an endpoint for the path "/rooms/:name".',
  )
  attach(server, createEndpoint({ path: '/rooms/id', session: echo() }))
})

test('an endpoint takes the place of a closed one, whose connections go on', async () => {
  const former = createEndpoint({ path: '/ws', session: echo() })
  const server = attach(createServer(), former)
  const port = await portOf(server)
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`)
  await once(socket, 'open')
  const closing = former.close({ mode: 'wait', deadline: 60_000 })
  attach(
    server,
    createEndpoint({ path: '/ws', session: named('new'), allowedHosts: ['127.0.0.1'] }),
  )
  expect(await firstMessage(port, '/ws')).toBe('new')
  // The plain requests are those of the new one, too.
  const plain = await fetch(`http://127.0.0.1:${port}/ws`)
  expect(plain.status).toBe(426)
  socket.send('still here')
  const [message] = await once(socket, 'message')
  expect(String(message)).toBe('still here')
  socket.close()
  expect(await closing).toMatchObject({ total: 1, clean: 1 })
})

test('a second endpoint for the same path is refused when it is attached', () => {
  const server = createServer()
  attach(server, createEndpoint({ path: '/ws', session: echo() }))
  expect(() => attach(server, createEndpoint({ path: '/ws', session: echo() }))).toThrow(
    'This server already has an endpoint for the path "/ws".',
  )
})

test('beside Vite an endpoint without a path leaves it the WebSocket of its pages', async () => {
  const server = createServer()
  const vite = new WebSocketServer({ noServer: true })
  server.on('upgrade', (request, socket, head) => {
    if (request.headers['sec-websocket-protocol'] !== 'vite-hmr') return
    vite.handleUpgrade(request, socket, head, (webSocket) => {
      webSocket.send('vite')
      webSocket.close()
    })
  })
  attach(server, createEndpoint({ session: named('any') }))
  const port = await portOf(server)
  expect(await firstMessage(port, '/?token=a', 'vite-hmr')).toBe('vite')
  expect(await firstMessage(port, '/')).toBe('any')
})

test('upgrades that another server hands over are served, whenever the endpoint is attached', async () => {
  const server = createServer()
  // As Fastify does for the second address of localhost.
  const second = createServer().on('upgrade', server.emit.bind(server, 'upgrade'))
  attach(server, createEndpoint({ path: '/ws', session: named('here') }))
  const port = await portOf(second)
  expect(await firstMessage(port, '/ws')).toBe('here')
  expect((await ask(port, '/else', HANDSHAKE)).status).toBe(404)
})

test('a server of HTTP/2 that allows HTTP/1.1 serves both', async () => {
  const { cert, key } = await makeCertificate()
  const tls = { cert: await readFile(cert), key: await readFile(key) }
  const server = createHttp2Server({ ...tls, allowHTTP1: true }, (_request, response) => {
    response.end('a page')
  })
  attach(server, createEndpoint({ path: '/ws', session: named('here') }))
  onTestFinished(() => void server.close())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port')
  const insecure = { rejectUnauthorized: false }
  const socket = new WebSocket(`wss://127.0.0.1:${address.port}/ws`, insecure)
  const [message] = await once(socket, 'message')
  expect(String(message)).toBe('here')
  await once(socket, 'close')
  const session = connectHttp2(`https://127.0.0.1:${address.port}`, insecure)
  onTestFinished(() => session.destroy())
  const page = session.request({ ':path': '/' })
  expect(String(await page.setEncoding('utf8').reduce((a, b) => a + b, ''))).toBe('a page')
})

test('upgrades for other paths, and no others, reach the other listeners', async () => {
  const server = attach(createServer(), createEndpoint({ path: '/ws', session: echo() }))
  server.on('upgrade', (_request, socket) => {
    socket.end('HTTP/1.1 418 Theirs\r\nConnection: close\r\n\r\n')
  })
  const port = await portOf(server)
  expect((await ask(port, '/theirs', HANDSHAKE)).status).toBe(418)
  expect((await ask(port, '/ws', HANDSHAKE)).status).toBe(101)
})

test('a client that resets does no harm where another listener leaves its upgrade to nobody', async () => {
  const server = attach(createServer(), createEndpoint({ path: '/ws', session: echo() }))
  server.on('upgrade', (request, socket) => {
    if (request.url === '/theirs') socket.end()
  })
  const port = await portOf(server)
  const client = connect(port, '127.0.0.1')
  const head = Object.entries(HANDSHAKE).map(([name, value]) => `${name}: ${value}\r\n`)
  client.write(`GET /nobody HTTP/1.1\r\nHost: a\r\n${head.join('')}\r\n`)
  const [, socket] = await once(server, 'upgrade')
  // Not by once(), which would listen for the error.
  const closed = new Promise((resolve) => socket.on('close', resolve))
  client.resetAndDestroy()
  await closed
})

test('an upgrade that nobody listens for gets 404', async () => {
  const port = await portOf(
    attach(createServer(), createEndpoint({ path: '/ws', session: echo() })),
  )
  expect(await ask(port, '/other', HANDSHAKE)).toEqual({
    status: 404,
    body: 'Nothing is served at this path.',
  })
})

test.each(['before', 'after'])(
  'requests for other paths reach the routes that were added %s',
  async (when) => {
    const server = createServer()
    if (when === 'before') server.on('request', page)
    attach(server, createEndpoint({ path: '/ws', session: echo() }))
    if (when === 'after') server.on('request', page)
    const port = await portOf(server)
    expect(await ask(port, '/')).toEqual({ status: 200, body: 'a page' })
    expect((await ask(port, '/ws')).status).toBe(426)
  },
)

test('an endpoint without a path leaves the server its pages', async () => {
  const port = await portOf(attach(createServer(page), createEndpoint({ session: echo() })))
  expect(await ask(port, '/')).toEqual({ status: 200, body: 'a page' })
  expect((await ask(port, '/', HANDSHAKE)).status).toBe(101)
})

test.each<[string, () => Server | SecureServer]>([
  ['node:http', () => createServer()],
  ['node:https', () => createSecureServer()],
])('a server of %s can carry an endpoint', (_, make) => {
  const server = make()
  expect(attach(server, createEndpoint({ session: echo() }))).toBe(server)
})

test('an endpoint that reads the PROXY protocol is refused, because Node does not', () => {
  const trustedProxies = { addresses: ['10.0.0.0/8'], headers: ['proxy-protocol'] } as const
  const endpoint = createEndpoint({ trustedProxies, session: echo() })
  expect(() => attach(createServer(), endpoint)).toThrow(
    'trustedProxies.headers must be without proxy-protocol on this engine, got a list. Node takes',
  )
})

test('what is no server is refused, and so is an endpoint in its place', () => {
  const endpoint = createEndpoint({ session: echo() })
  // As plain JavaScript can call it.
  const attachAnything = attach as (...args: unknown[]) => unknown
  for (const host of [undefined, {}, createTcpServer(), page]) {
    expect(() => attachAnything(host, endpoint)).toThrow(
      'attach must be given a server of node:http, node:https or node:http2, got ',
    )
  }
  expect(() => attachAnything(endpoint, createServer())).toThrow(
    'The arguments of attach are swapped. Write attach(server, endpoint).',
  )
})

test.each<[string, Readonly<Record<string, string>>, RegExp]>([
  ['a handshake', {}, /^HTTP\/1\.1 101/m],
  ['one that is refused', { Origin: 'https://elsewhere.example' }, /^HTTP\/1\.1 403/m],
  ['another upgrade', { Upgrade: 'h2c', Connection: 'Upgrade, close' }, /^HTTP\/1\.1 200/m],
])('%s in one packet behind requests waits for their answers', async (_, fields, expected) => {
  const waiting: (() => void)[] = []
  const server = createServer((request, response) => {
    if (request.url === '/ws') response.end('no upgrade')
    else waiting.unshift(() => response.end(`page ${request.url}\n`))
  })
  const endpoint = createEndpoint({
    allowedOrigins: ['https://page.example'],
    session: { open: (connection) => connection.send('welcome') },
  })
  const port = await portOf(attach(server, endpoint))
  const client = connect(port, '127.0.0.1')
  onTestFinished(() => void client.destroy())
  const lines = Object.entries({ Host: 'a', ...HANDSHAKE, ...fields }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  )
  const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`
  client.write(`${get('/1')}${get('/2')}GET /ws HTTP/1.1\r\n${lines.join('')}\r\n`)
  await vi.waitFor(() => expect(waiting).toHaveLength(2))
  for (const answer of waiting) answer()
  let received = ''
  for await (const chunk of client) {
    received += chunk
    if (expected.test(received.split('page /2')[1] ?? '')) break
  }
  const statuses = received.match(/^HTTP\/1\.1 \d+/gm)
  expect(statuses?.slice(0, 2)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200'])
  expect(statuses).toHaveLength(3)
  expect(received.indexOf('page /1')).toBeLessThan(received.indexOf('page /2'))
})

test('a handshake behind a request whose answer ends the connection is dropped', async () => {
  const server = createServer((_request, response) => {
    setImmediate(() => response.writeHead(200, { Connection: 'close' }).end('the last page'))
  })
  const endpoint = createEndpoint({ session: echo() })
  const port = await portOf(attach(server, endpoint))
  const client = connect(port, '127.0.0.1')
  const lines = Object.entries(HANDSHAKE).map(([name, value]) => `${name}: ${value}\r\n`)
  client.write(
    `GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /ws HTTP/1.1\r\nHost: a\r\n${lines.join('')}\r\n`,
  )
  const answers = Buffer.concat(await client.toArray()).toString()
  expect(answers.match(/^HTTP\/1\.1 \d+/gm)).toEqual(['HTTP/1.1 200'])
  expect(endpoint.stats().connections.opened).toBe(0)
})

test('a request in one packet behind a refused one is not served', async () => {
  const served: unknown[] = []
  const server = createServer((request, response) => {
    served.push(request.url)
    response.end('a page')
  })
  const port = await portOf(attach(server, createEndpoint({ path: '/ws', session: echo() })))
  const client = connect(port, '127.0.0.1')
  client.write('GET /ws HTTP/1.1\r\nHost: a\r\n\r\nGET /after HTTP/1.1\r\nHost: a\r\n\r\n')
  const answers = Buffer.concat(await client.toArray()).toString()
  expect(answers.match(/^HTTP\/1\.1 \d+/gm)).toEqual(['HTTP/1.1 426'])
  expect(served).toEqual([])
})
