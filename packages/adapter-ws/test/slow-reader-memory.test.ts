import { setImmediate, setTimeout } from 'node:timers/promises'
import { type Connection, createEndpoint, type EndpointOptions, echo } from '@wirebeat/core'
import { expect, onTestFinished, test } from 'vitest'
import { listen } from '../src/listen.ts'
import { heldBytes } from './held-memory.ts'
import { maskedFrame, openRaw, pongs } from './raw-socket.ts'

const MIB = 1024 * 1024

async function serve(options: Partial<EndpointOptions> = {}) {
  const opened: Connection[] = []
  const endpoint = createEndpoint({ session: echo(), maxBufferedAmount: 64 * MIB, ...options })
  endpoint.on('open', (connection) => opened.push(connection))
  const { port, close } = await listen(endpoint, { host: '127.0.0.1' })
  onTestFinished(async () => {
    await endpoint.close({ deadline: 0 })
    await close()
  })
  const open = async (headers: Readonly<Record<string, string>> = {}) => {
    const socket = await openRaw(port, headers)
    const connection = opened.at(-1)
    if (connection === undefined) throw new Error('the connection was not told')
    return { socket, connection }
  }
  return { open, endpoint }
}

/** Fills the network to a client that does not read, with messages that are too small to compress. */
async function fill(connection: Connection): Promise<void> {
  const message = new Uint8Array(1_000)
  for (let steady = 0, last = -1; steady < 5 || last < MIB; ) {
    await setTimeout(10)
    const { bufferedAmount } = connection
    steady = bufferedAmount === last ? steady + 1 : 0
    last = bufferedAmount
    if (bufferedAmount < MIB) for (let i = 0; i < 2_000; i++) connection.send(message)
  }
}

test.each([
  ['a message', {}],
  ['with compression, a small message', { 'Sec-WebSocket-Extensions': 'permessage-deflate' }],
])(
  '%s that waits for a slow reader holds about its own bytes, whatever is sent to others',
  async (_what, headers) => {
    const { open } = await serve({ compression: true })
    const slow = await open(headers)
    slow.socket.pause()
    await fill(slow.connection)
    const quick = await open()
    quick.socket.resume()
    const waiting = slow.connection.bufferedAmount
    const before = await heldBytes()
    for (let turn = 0; turn < 4_000; turn++) {
      slow.connection.send('sixteen bytes ..')
      quick.connection.send(new Uint8Array(16 * 1024))
      // What a server does besides uses up the memory that Node's small buffers share.
      Buffer.allocUnsafe(4_000)
      await setImmediate()
    }
    const counted = slow.connection.bufferedAmount - waiting
    expect(counted).toBe(4_000 * 18)
    const held = (await heldBytes()) - before
    expect(held).toBeLessThan(MIB)
  },
)

test('a pong that waits for a slow reader holds about its own bytes, whatever came behind its ping', async () => {
  const { open } = await serve()
  const { socket, connection } = await open()
  socket.pause()
  await fill(connection)
  const waiting = connection.bufferedAmount
  const before = await heldBytes()
  const piece = Buffer.concat([maskedFrame(0x89, new Uint8Array(100)), pongs(65_000)])
  for (let count = 1; count <= 300; count++) {
    socket.write(piece)
    while (connection.bufferedAmount < waiting + count * 102) await setImmediate()
  }
  const held = (await heldBytes()) - before
  expect(connection.bufferedAmount - waiting).toBe(300 * 102)
  expect(held).toBeLessThan(MIB)
})

test('a large message that waits for a slow reader counts its bytes and holds no more', async () => {
  const { open } = await serve()
  const { socket, connection } = await open()
  socket.pause()
  await fill(connection)
  const waiting = connection.bufferedAmount
  const before = await heldBytes()
  for (let count = 0; count < 20; count++) {
    connection.send(new Uint8Array(MIB).subarray(0, 30_000))
    connection.send('\u4f60'.repeat(10_000))
  }
  const held = (await heldBytes()) - before
  expect(connection.bufferedAmount - waiting).toBe(20 * (30_004 + 30_004))
  expect(held).toBeLessThan(2 * MIB)
})
