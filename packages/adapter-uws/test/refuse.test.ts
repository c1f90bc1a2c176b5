import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { connect as connectSecurely } from 'node:tls'
import { makeCertificate } from '@wirebeat/conformance/certificate'
import { createEndpoint, echo, refuse } from '@wirebeat/core'
import { expect, test } from 'vitest'
import { listen } from '../src/listen.ts'

const HANDSHAKE = [
  'GET /ws HTTP/1.1',
  'Host: a',
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
]

test('over TLS, a client that resets just before a long refusal is written does no harm', async () => {
  const below: Socket[] = []
  const endpoint = createEndpoint({
    session: echo(),
    authorize() {
      // Within the engine's own callback: before the next write the reset has come.
      below.pop()?.resetAndDestroy()
      return refuse(403, { body: 'No. '.repeat(64 * 1024) })
    },
  })
  const server = await listen(endpoint, { host: '127.0.0.1', tls: await makeCertificate() })
  for (let round = 1; round <= 10; round++) {
    const socket = connect(server.port, '127.0.0.1')
    socket.on('error', () => {})
    below.push(socket)
    const client = connectSecurely({ socket, rejectUnauthorized: false })
    client.on('error', () => {})
    await once(client, 'secureConnect')
    const refused = new Promise<void>((resolve) => {
      const stop = endpoint.on('refuse', () => {
        stop()
        resolve()
      })
    })
    client.write(`${HANDSHAKE.join('\r\n')}\r\n\r\n`)
    await refused
    expect(endpoint.stats().refusals.unauthorized).toBe(round)
  }
  await server.close()
})

test('a handshake in one packet behind a request that is not answered yet ends the connection', async () => {
  const endpoint = createEndpoint({ path: '/ws', session: echo() })
  const server = await listen(endpoint, {
    host: '127.0.0.1',
    configure: (app) =>
      app.get('/slow', (response) => {
        response.onAborted(() => {})
      }),
  })
  const client = connect(server.port, '127.0.0.1')
  client.write(`GET /slow HTTP/1.1\r\nHost: a\r\n\r\n${HANDSHAKE.join('\r\n')}\r\n\r\n`)
  expect(await client.toArray()).toEqual([])
  expect(endpoint.stats().connections.opened).toBe(0)
  await server.close()
})

test.each([
  ['a plain request', 'GET /ws HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['a handshake', `${HANDSHAKE.join('\r\n')}\r\nOrigin: https://b.example\r\n\r\n`],
])('a request in one packet behind %s that is refused is not served', async (_, refused) => {
  const served: string[] = []
  const endpoint = createEndpoint({ path: '/ws', allowedOrigins: [], session: echo() })
  const server = await listen(endpoint, {
    host: '127.0.0.1',
    configure: (app) =>
      app.any('/*', (response, request) => {
        served.push(request.getUrl())
        response.end('a page')
      }),
  })
  const client = connect(server.port, '127.0.0.1')
  client.resume()
  client.write(`${refused}GET /after HTTP/1.1\r\nHost: a\r\n\r\n`)
  await once(client, 'close')
  expect(served).toEqual([])
  expect(endpoint.stats().refusals).toMatchObject(
    refused.includes('Upgrade') ? { origin: 1 } : { 'not-websocket': 1 },
  )
  await server.close()
})
