import { once } from 'node:events'
import type { Socket } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { constants, deflateRawSync } from 'node:zlib'
import { createEndpoint, type Message } from '@wirebeat/core'
import { expect, onTestFinished, test } from 'vitest'
import { listen } from '../src/listen.ts'
import { heldBytes } from './held-memory.ts'
import { maskedFrame, openRaw, pongs } from './raw-socket.ts'

const KIB = 1024

/** A server, a client of it that sends what it is told to, and the messages that come of it. */
async function connect(headers: Readonly<Record<string, string>> = {}) {
  const messages: Message[] = []
  const endpoint = createEndpoint({
    compression: true,
    session: { message: (_connection, message) => void messages.push(message) },
  })
  const sockets: Socket[] = []
  const { port, close } = await listen(endpoint, {
    host: '127.0.0.1',
    configure: (host) => void host.on('connection', (socket) => sockets.push(socket)),
  })
  onTestFinished(async () => {
    await endpoint.close({ deadline: 0 })
    await close()
  })
  const client = await openRaw(port, headers)
  const [stream] = sockets
  if (stream === undefined) throw new Error('nobody has connected')
  let sent = stream.bytesRead
  /** Sends a piece, and waits until the server has read it by itself. */
  const send = async (piece: Buffer): Promise<void> => {
    sent += piece.length
    client.write(piece)
    while (stream.bytesRead < sent) await setImmediate()
  }
  const received = async (): Promise<Message> => {
    for (;;) {
      const message = messages.shift()
      if (message !== undefined) return message
      await setImmediate()
    }
  }
  return { client, send, received }
}

/** One byte of a message, as a frame. */
function fragment(i: number, isLast = false): Buffer {
  return maskedFrame((isLast ? 0x80 : 0) | (i === 0 ? 2 : 0), Buffer.of(i & 255))
}

function expectNumbered(message: Message, length: number): void {
  expect(Buffer.from(message).equals(Buffer.from(Array.from({ length }, (_, i) => i & 255)))).toBe(
    true,
  )
}

test('a fragment holds about its own bytes, whatever came behind it', async () => {
  const { send, received } = await connect()
  const behind = pongs(65_000)
  const before = await heldBytes()
  for (let i = 0; i < 300; i++) await send(Buffer.concat([fragment(i), behind]))
  expect((await heldBytes()) - before).toBeLessThan(1024 * KIB)
  await send(fragment(300, true))
  expectNumbered(await received(), 301)
})

test('as many fragments as fit into a message hold about their own bytes', async () => {
  const { send, received } = await connect()
  const count = 100_000
  const before = await heldBytes()
  for (let i = 0; i < count; ) {
    const piece: Buffer[] = []
    while (piece.length < 8_000 && i < count) piece.push(fragment(i++))
    await send(Buffer.concat(piece))
  }
  expect((await heldBytes()) - before).toBeLessThan(1024 * KIB)
  await send(fragment(count, true))
  expectNumbered(await received(), count + 1)
})

test('a frame in packets of one byte holds about its own bytes', async () => {
  const { send, received } = await connect()
  const length = 20_000
  const payload = Buffer.from(Array.from({ length }, (_, i) => i & 255))
  const frame = maskedFrame(0x82, payload)
  const before = await heldBytes()
  for (let at = 0; at < frame.length - 1; at++) await send(frame.subarray(at, at + 1))
  expect((await heldBytes()) - before).toBeLessThan(512 * KIB)
  await send(frame.subarray(-1))
  expectNumbered(await received(), length)
})

test('the start of a frame holds about its own bytes, whatever came before it', async () => {
  /** Bytes that connections hold, the clients' own among them. */
  const heldBehind = async (before: Buffer): Promise<number> => {
    const held = await heldBytes()
    // With its mask, and without.
    for (let i = 0; i < 60; i++) {
      const { client, send } = await connect()
      const start = fragment(0).subarray(0, i % 2 === 0 ? 6 : 3)
      // The answer to the ping comes once all before it has been handled.
      const handled = once(client, 'data')
      await send(Buffer.concat([before, maskedFrame(0x89, Buffer.of(1)), start]))
      await handled
    }
    return (await heldBytes()) - held
  }
  const little = await heldBehind(pongs(100))
  expect((await heldBehind(pongs(65_000))) - little).toBeLessThan(60 * 32 * KIB)
})

test('with compression, the start of a frame holds about its own bytes, whatever came before it', async () => {
  const compressed = maskedFrame(0xc1, deflateRawSync('Hello'))
  /** Bytes that connections hold, with what inflates their messages. */
  const heldBehind = async (before: Buffer): Promise<number> => {
    const held = await heldBytes()
    for (let i = 0; i < 60; i++) {
      const { send, received } = await connect({
        'Sec-WebSocket-Extensions': 'permessage-deflate',
      })
      await send(Buffer.concat([before, compressed, fragment(0).subarray(0, 6)]))
      expect(await received()).toBe('Hello')
    }
    return (await heldBytes()) - held
  }
  const little = await heldBehind(pongs(100))
  expect((await heldBehind(pongs(65_000))) - little).toBeLessThan(60 * 32 * KIB)
})

test('with compression, fragments hold about what they inflate to', async () => {
  const { client, send, received } = await connect({
    'Sec-WebSocket-Extensions': 'permessage-deflate',
  })
  const count = 20_000
  const flush = { finishFlush: constants.Z_SYNC_FLUSH }
  const data = deflateRawSync(Buffer.alloc(count, 7), { ...flush, level: 0 }).subarray(0, -4)
  const frames = Array.from(data, (byte, i) => maskedFrame(i === 0 ? 0x42 : 0, Buffer.of(byte)))
  const before = await heldBytes()
  for (let at = 0; at < frames.length; at += 2_000) {
    await send(Buffer.concat([...frames.slice(at, at + 2_000), maskedFrame(0x89, Buffer.of(1))]))
    // Its pong comes once all before the ping has been inflated.
    await once(client, 'data')
  }
  expect((await heldBytes()) - before).toBeLessThan(1024 * KIB)
  await send(maskedFrame(0x80, new Uint8Array(0)))
  expect(Buffer.from(await received()).equals(Buffer.alloc(count, 7))).toBe(true)
})
