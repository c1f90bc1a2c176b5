import { once } from 'node:events'
import { connect } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { allow, createEndpoint } from '@wirebeat/core'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { listen } from '../src/listen.ts'

test('what a session does to memory as it opens does not end its connection', async () => {
  const kept: Buffer[] = []
  const endpoint = createEndpoint({
    authorize: async () => {
      await turn()
      return allow()
    },
    session: {
      open(connection) {
        // Where the engine looks for what it knew of the request, this would mean: close it.
        for (let size = 16; size <= 512; size += 8)
          kept.push(Buffer.allocUnsafeSlow(size).fill(0x10))
        connection.send('welcome')
      },
    },
  })
  const listening = await listen(endpoint, { host: '127.0.0.1' })
  const clients = Array.from(
    { length: 20 },
    () => new WebSocket(`ws://127.0.0.1:${listening.port}`),
  )
  await Promise.all(clients.map((client) => once(client, 'message')))
  const codes = await Promise.all(
    clients.map(async (client) => {
      client.close(4000)
      const [code] = await once(client, 'close')
      return code
    }),
  )
  expect(new Set(codes)).toEqual(new Set([4000]))
  await listening.close()
})

test('no connection is kept of a client that says close as well, which the engine ends as it opens', async () => {
  let opened = 0
  const endpoint = createEndpoint({
    authorize: async () => {
      await turn()
      return allow()
    },
    session: {
      open() {
        opened++
      },
    },
  })
  const listening = await listen(endpoint, { host: '127.0.0.1' })
  const client = connect(listening.port, '127.0.0.1')
  client.write(
    'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
  )
  let answer = ''
  for await (const chunk of client) answer += chunk
  expect(answer).toMatch(/^HTTP\/1.1 101 /)
  expect(opened).toBe(0)
  expect(endpoint.connections.size).toBe(0)
  await listening.close()
})
