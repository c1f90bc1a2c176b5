import { once } from 'node:events'
import { createServer } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import { createEndpoint, echo } from '@wirebeat/core'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { listen } from '../src/listen.ts'
import { heldBytes } from './held-memory.ts'
import { openRaw } from './raw-socket.ts'

/** A server of bare ws, with the heartbeat of its README. Returns its port. */
async function serveBare(): Promise<number> {
  const server = createServer()
  const alive = new WeakSet()
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (socket) => {
    alive.add(socket)
    socket.on('pong', () => alive.add(socket))
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }))
    socket.on('error', () => {})
  })
  onTestFinished(() => void server.close())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return Object(server.address()).port
}

async function serve(): Promise<number> {
  const endpoint = createEndpoint({ session: echo() })
  const { port, close } = await listen(endpoint, { host: '127.0.0.1' })
  onTestFinished(async () => {
    await endpoint.close({ deadline: 0 })
    await close()
  })
  return port
}

const COUNT = 1_500

async function openAll(port: number, count: number): Promise<void> {
  for (let opened = 0; opened < count; opened += 10) {
    await Promise.all(Array.from({ length: 10 }, () => openRaw(port)))
  }
}

/** Bytes that are held when nothing is left to do, and engines have compiled what they were about to. */
async function settledBytes(): Promise<number> {
  for (let count = 0; count < 3; count++) {
    await heldBytes()
    await setTimeout(50)
  }
  return heldBytes()
}

/** Bytes that each connection holds. Their clients are in this process, and hold the same for every server. */
async function heldByEach(port: number): Promise<number> {
  await openAll(port, 300)
  const before = await settledBytes()
  await openAll(port, COUNT)
  return ((await settledBytes()) - before) / COUNT
}

test('an idle connection holds no more memory than one of bare ws', async () => {
  const bare = await heldByEach(await serveBare())
  expect((await heldByEach(await serve())) - bare).toBeLessThan(100)
})
