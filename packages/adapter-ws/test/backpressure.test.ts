import { once } from 'node:events'
import { createServer, type Server, type ServerOptions } from 'node:http'
import type { Socket } from 'node:net'
import { createEndpoint, type EndpointOptions } from '@wirebeat/core'
import { afterEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { attach } from '../src/attach.ts'

const MIB = 1024 * 1024

let server: Server
afterEach(() => server.close().closeAllConnections())

async function connect(options: EndpointOptions, http: ServerOptions = {}): Promise<WebSocket> {
  server = createServer(http)
  attach(server, createEndpoint(options)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = Object(server.address())
  return new WebSocket(`ws://127.0.0.1:${port}`)
}

test('a stream with a higher mark of its own tells of the room that there is again', async () => {
  const message = new Uint8Array(100_000)
  let most = 0
  const client = await connect(
    {
      session: {
        open(connection) {
          while (connection.send(message) === 'sent');
          most = connection.bufferedAmount
        },
        drain: (connection) => connection.close(4000, 'drained'),
      },
    },
    { highWaterMark: 8 * MIB },
  )
  const [code] = await once(client, 'close')
  expect(code).toBe(4000)
  expect(most).toBeLessThan(MIB)
})

test('a cap below 64 KiB is held', async () => {
  let most = 0
  const client = await connect({
    maxBufferedAmount: 1_000,
    session: {
      open(connection) {
        while (connection.send('a message') !== 'closed') {
          most = Math.max(most, connection.bufferedAmount)
        }
      },
    },
  })
  const [code] = await once(client, 'close')
  expect(code).toBe(1008)
  expect(most).toBeGreaterThan(1_000)
  expect(most).toBeLessThanOrEqual(1_000 + 11)
})

test('what is sent does not wait for all that can be read', async () => {
  let received = 0
  const waiting: number[] = []
  const client = await connect({
    session: {
      message(connection) {
        if (received++ === 0) connection.send('at once')
        if (received === 1_500) waiting.push(connection.bufferedAmount)
        if (received === 2_000) connection.close()
      },
    },
  })
  await once(client, 'open')
  // In one write, and so in one turn at the server.
  const socket: Socket = Reflect.get(client, '_socket')
  socket.cork()
  for (let i = 0; i < 2_000; i++) client.send('')
  socket.uncork()
  await once(client, 'close')
  expect(waiting).toEqual([0])
})
