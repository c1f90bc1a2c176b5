import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Socket } from 'node:net'
import { createEndpoint } from '@wirebeat/core'
import { ManualClock } from '@wirebeat/core/testing'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { attach } from '../src/index.ts'

test('a ping leaves at once, whatever else the turn of the event loop holds', async () => {
  const clock = new ManualClock()
  const server = attach(
    createServer(),
    createEndpoint({ clock, keepAliveInterval: 1_000, session: {} }),
  )
  const sockets: Socket[] = []
  server.on('connection', (socket: Socket) => sockets.push(socket))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  const client = new WebSocket(`ws://127.0.0.1:${address.port}`)
  await once(client, 'open')
  const written = (): number => sockets.reduce((sum, socket) => sum + socket.bytesWritten, 0)
  const before = written()
  clock.advance(1_000)
  expect(written() - before).toBe(2)
  client.terminate()
  server.close()
})
