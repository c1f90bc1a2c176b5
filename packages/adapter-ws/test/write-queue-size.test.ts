import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { tellWriteQueueSize } from '../src/write-queue-size.ts'

const MIB = 2 ** 20
const sockets: Socket[] = []

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy()
})

/** A socket whose handle does not tell how much of a write is left, and the client that reads from it. */
async function pair(): Promise<{ socket: Socket; client: Socket; left: () => number }> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1')
  const [socket]: Socket[] = await once(server, 'connection')
  server.close()
  if (socket === undefined) throw new Error('no connection')
  sockets.push(socket, client)
  const { _handle: handle } = socket as Socket & { _handle: object }
  Object.defineProperty(handle, 'writeQueueSize', { value: undefined, writable: true })
  tellWriteQueueSize(socket)
  return { socket, client, left: () => Reflect.get(handle, 'writeQueueSize') }
}

test('what is left of a write falls while a slow client takes bytes, and not before', async () => {
  const { socket, client, left } = await pair()
  client.pause()
  socket.write(Buffer.alloc(16 * MIB))
  await expect.poll(left).toBeLessThan(16 * MIB)
  const stalled = left()
  expect(stalled).toBeGreaterThan(0)
  client.resume()
  await expect.poll(left).toBeLessThan(stalled)
  await expect.poll(left).toBe(0)
  expect(socket.writableLength).toBe(0)
})

test('all that is written arrives in order, strings too', async () => {
  const { socket, client } = await pair()
  const parts = ['é'.repeat(50_000), Buffer.alloc(150_000, 'b'), '', 'ÿ', 'c'.repeat(70_000)]
  socket.cork()
  for (const part of parts) socket.write(part, 'utf8')
  socket.write('ff', 'hex')
  socket.uncork()
  socket.end()
  const received: Buffer[] = []
  for await (const chunk of client) received.push(chunk)
  const sent = [...parts.map((part) => Buffer.from(part)), Buffer.of(0xff)]
  expect(Buffer.concat(received).equals(Buffer.concat(sent))).toBe(true)
})

test('a write that fails is told', async () => {
  const { socket, client } = await pair()
  client.pause()
  const written = new Promise((resolve) => {
    socket.on('error', () => {})
    socket.write(Buffer.alloc(16 * MIB), resolve)
  })
  client.resetAndDestroy()
  expect(await written).toBeInstanceOf(Error)
})
