import { once } from 'node:events'
import { connect } from 'node:net'
import { createEndpoint, echo } from '@wirebeat/core'
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
