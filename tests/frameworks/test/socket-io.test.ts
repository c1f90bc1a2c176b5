import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { attach } from '@wirebeat/adapter-ws'
import { createEndpoint, echo } from '@wirebeat/core'
import { Client } from '@wirebeat/test-support/programs'
import { Server } from 'socket.io'
import { io } from 'socket.io-client'
import { describe, expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'

type Part = 'socket.io' | 'the endpoint'

/** A server with both, of which one was there first. */
async function serve(first: Part): Promise<number> {
  const server = createServer()
  const endpoint = createEndpoint({ path: '/ws', session: echo() })
  const sockets = new Server({ destroyUpgradeTimeout: 50 })
  sockets.on('connection', (socket) => socket.on('echo', (text, answer) => answer(text)))
  if (first === 'the endpoint') attach(server, endpoint)
  sockets.attach(server)
  if (first === 'socket.io') attach(server, endpoint)
  server.listen(0, 'localhost')
  await once(server, 'listening')
  onTestFinished(async () => {
    await endpoint.close({ deadline: 0 })
    await sockets.close()
  })
  // It listens on a host, so that this is no path.
  return (server.address() as AddressInfo).port
}

describe.each<Part>(['socket.io', 'the endpoint'])('where %s was attached first', (first) => {
  test.each(['websocket', 'polling'])('both talk on one server (socket.io by %s)', async (by) => {
    const port = await serve(first)
    const client = await Client.open(port, '/ws')
    const socket = io(`http://localhost:${port}`, { transports: [by] })
    onTestFinished(() => void socket.close())
    expect(await socket.emitWithAck('echo', 'hello')).toBe('hello')
    expect(await client.ask('hello')).toBe('hello')
  })

  test('socket.io ends upgrades that nobody takes, and not those of the endpoint', async () => {
    const port = await serve(first)
    const client = await Client.open(port, '/ws')
    const nobody = new WebSocket(`ws://localhost:${port}/elsewhere`)
    const [error] = await once(nobody, 'error')
    expect(error.message).toBe('socket hang up')
    expect(await client.ask('hello')).toBe('hello')
  })

  test('socket.io goes over from polling to a WebSocket of its own', async () => {
    const port = await serve(first)
    const socket = io(`http://localhost:${port}`)
    onTestFinished(() => void socket.close())
    await expect.poll(() => socket.io.engine?.transport.name, { timeout: 20_000 }).toBe('websocket')
    expect(await socket.emitWithAck('echo', 'hello')).toBe('hello')
  })
})
