import { createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { encodeFrame, Opcode } from '../src/frame.ts'
import { connect, type RawClient } from '../src/raw-client.ts'
import { TcpWebSocketClient, type WebSocketClient } from '../src/web-socket-client.ts'

let server: Server
let peer: Socket
let client: RawClient

beforeEach(async () => {
  server = createServer({ allowHalfOpen: true })
  const connected = new Promise<Socket>((resolve) => server.once('connection', resolve))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a server without a port')
  client = await connect(address.port)
  peer = await connected
  peer.on('error', () => {})
})

afterEach(() => {
  client.reset()
  peer.destroy()
  server.close()
})

function upgraded(options = { answerPings: false }): WebSocketClient {
  return new TcpWebSocketClient(client, { status: 101, headers: new Map(), body: '' }, options)
}

test('a wait that takes too long tells what was waited for and what had arrived', async () => {
  const socket = upgraded()
  peer.write(encodeFrame({ opcode: Opcode.Text, payload: 'Hello', masked: false }))
  await socket.message()
  await expect(socket.closeFrame(50)).rejects.toThrow(
    'after 50 ms still waiting for a close frame; arrived: text of 5 bytes',
  )
})

test('a wait for a frame ends as soon as the socket has', async () => {
  const socket = upgraded()
  const waiting = socket.closeFrame()
  peer.end()
  await expect(waiting).rejects.toThrow(/the socket ended; arrived: nothing, then .*\(fin\)/)
})

test('a FIN and a RST are told apart', async () => {
  peer.resetAndDestroy()
  expect((await client.ended()).how).toBe('reset')
})

test('frames that came before the end can still be taken', async () => {
  const socket = upgraded()
  peer.end(encodeFrame({ opcode: Opcode.Text, payload: 'last', masked: false }))
  await socket.ended()
  expect(await socket.message()).toBe('last')
})

test('a silent client answers no ping, one that answers sends the same payload', async () => {
  upgraded({ answerPings: true })
  const answer = new Promise<Buffer>((resolve) => peer.once('data', resolve))
  peer.write(encodeFrame({ opcode: Opcode.Ping, payload: 'beat', masked: false }))
  expect((await answer)[0]).toBe(0x80 | Opcode.Pong)
})

test('a stall is noticed, and only then', async () => {
  peer.pause()
  client.writeAll(Array.from({ length: 512 }, () => new Uint8Array(2 ** 16)))
  await client.stalled()
  peer.resume()
  client.writeAll([new Uint8Array(1)])
  await expect(client.stalled()).rejects.toThrow('without a stall')
})
