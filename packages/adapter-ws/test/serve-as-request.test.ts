import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https'
import { connect, type Socket } from 'node:net'
import { connect as connectSecurely } from 'node:tls'
import { makeCertificate } from '@wirebeat/conformance/certificate'
import { createEndpoint, echo } from '@wirebeat/core'
import { afterEach, expect, onTestFinished, test, vi } from 'vitest'
import { attach } from '../src/attach.ts'
import { listen } from '../src/listen.ts'
import { ask } from './http-client.ts'

const servers: (Server | SecureServer)[] = []

afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections()
})

async function portOf(server: Server | SecureServer): Promise<number> {
  servers.push(server)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port')
  return address.port
}

const page: RequestListener = (_request, response) => {
  response.end('a page')
}

/** As curl asks for HTTP/2. */
const H2C = {
  Upgrade: 'h2c',
  Connection: 'Upgrade, HTTP2-Settings',
  'HTTP2-Settings': 'AAMAAABkAAQAoAAA',
}
const PAGE_REQUEST = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n'

test.each([
  ['with a path', { path: '/ws', session: echo() }],
  ['without a path', { session: echo() }],
])('beside an endpoint %s, who asks for HTTP/2 is served a page', async (_, options) => {
  const port = await portOf(attach(createServer(page), createEndpoint(options)))
  expect(await ask(port, '/', H2C)).toEqual({ status: 200, body: 'a page' })
})

test('who asks for HTTP/2 at the path of an endpoint is refused', async () => {
  const server = attach(createServer(page), createEndpoint({ path: '/ws', session: echo() }))
  expect((await ask(await portOf(server), '/ws', H2C)).status).toBe(426)
})

test('a listener that takes other upgrades than WebSockets is left them', async () => {
  const server = attach(createServer(page), createEndpoint({ session: echo() }))
  server.on('upgrade', (_request, socket) => {
    socket.end('HTTP/1.1 418 Theirs\r\nConnection: close\r\n\r\n')
  })
  expect((await ask(await portOf(server), '/', H2C)).status).toBe(418)
})

test('a request that asks for HTTP/2 arrives whole, and so does the one behind it', async () => {
  const seen: unknown[] = []
  const server = createServer(async (request, response) => {
    const { method, url, headers } = request
    seen.push({ method, url, headers, body: String(Buffer.concat(await request.toArray())) })
    response.end('a page')
  })
  attach(server, createEndpoint({ path: '/ws', session: echo() }))
  const client = connect(await portOf(server), '127.0.0.1')
  const head = [
    'POST /form?a=1 HTTP/1.1',
    'Host: a',
    'Connection: HTTP2-Settings, upgrade',
    'UPGRADE: h2c',
    'HTTP2-Settings: AAM',
    'X-Name: \xe9',
    'Content-Length: 8',
  ]
  client.write(`${head.join('\r\n')}\r\n\r\nthe `, 'latin1')
  await once(server, 'request')
  client.write('body')
  await once(client, 'data')
  client.write('GET /next HTTP/1.1\r\nHost: a\r\n\r\n')
  await once(client, 'data')
  client.destroy()
  const headers = {
    host: 'a',
    connection: 'HTTP2-Settings',
    'http2-settings': 'AAM',
    'x-name': '\xe9',
    'content-length': '8',
  }
  expect(seen).toEqual([
    { method: 'POST', url: '/form?a=1', headers, body: 'the body' },
    { method: 'GET', url: '/next', headers: { host: 'a' }, body: '' },
  ])
})

test('two that ask for HTTP/2 in one packet are both answered, and so is one behind them', async () => {
  const server = attach(createServer(page), createEndpoint({ path: '/ws', session: echo() }))
  const client = connect(await portOf(server), '127.0.0.1')
  let received = ''
  client.setEncoding('latin1').on('data', (text: string) => {
    received += text
  })
  const count = () => received.split('HTTP/1.1 200 OK').length - 1
  client.write(PAGE_REQUEST + PAGE_REQUEST)
  await vi.waitFor(() => expect(count()).toBe(2))
  client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  await vi.waitFor(() => expect(count()).toBe(3))
  client.destroy()
})

test('one who asks for HTTP/2 again and again adds no listeners to the connection', async () => {
  const endpoint = createEndpoint({ path: '/ws', session: echo() })
  let accepted: Socket | undefined
  const { port, close } = await listen(endpoint, {
    host: '127.0.0.1',
    configure(server) {
      server.on('request', page)
      server.once('connection', (socket: Socket) => {
        accepted = socket
      })
    },
  })
  onTestFinished(close)
  const client = connect(port, '127.0.0.1')
  const counts: (number | undefined)[] = []
  for (let round = 0; round < 5; round++) {
    client.write(PAGE_REQUEST)
    await once(client, 'data')
    counts.push(accepted?.listenerCount('close'))
  }
  client.destroy()
  expect(counts[4]).toBe(counts[0])
})

test('over TLS too, who asks for HTTP/2 is served a page', async () => {
  const { cert, key } = await makeCertificate()
  const server = createSecureServer({ cert: readFileSync(cert), key: readFileSync(key) }, page)
  const port = await portOf(attach(server, createEndpoint({ path: '/ws', session: echo() })))
  const client = connectSecurely({ port, host: '127.0.0.1', rejectUnauthorized: false })
  client.write(PAGE_REQUEST)
  const [answer] = await once(client, 'data')
  client.destroy()
  expect(String(answer)).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
})

test('a request of HTTP/1.0 cannot ask for a WebSocket, and is served a page', async () => {
  const server = attach(createServer(page), createEndpoint({ path: '/ws', session: echo() }))
  const client = connect(await portOf(server), '127.0.0.1')
  client.write(PAGE_REQUEST.replace('HTTP/1.1', 'HTTP/1.0').replace('h2c', 'websocket'))
  const [answer] = await once(client, 'data')
  client.destroy()
  expect(String(answer)).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
})
