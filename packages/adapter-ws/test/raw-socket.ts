import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { HANDSHAKE } from './http-client.ts'

/** A socket behind its handshake, which sends what it is told to and no more. */
export async function openRaw(
  port: number,
  headers: Readonly<Record<string, string>> = {},
): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true })
  onTestFinished(() => void socket.destroy())
  const fields = { Host: 'localhost', ...HANDSHAKE, ...headers }
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.write(`GET / HTTP/1.1\r\n${lines.join('')}\r\n`)
  await once(socket, 'data')
  return socket
}

/** A masked frame as a client sends it. The mask is zero. */
export function maskedFrame(first: number, payload: Uint8Array): Buffer {
  const { length } = payload
  const size = length < 126 ? 0 : length < 65_536 ? 2 : 8
  const header = Buffer.alloc(2 + size + 4)
  header[0] = first
  header[1] = 0x80 | (size === 0 ? length : size === 2 ? 126 : 127)
  if (size === 2) header.writeUInt16BE(length, 2)
  if (size === 8) header.writeBigUInt64BE(BigInt(length), 2)
  return Buffer.concat([header, payload])
}

/** Pongs that nobody asked for, of about so many bytes together. */
export function pongs(size: number): Buffer {
  const pong = maskedFrame(0x8a, new Uint8Array(125))
  return Buffer.concat(Array.from({ length: Math.round(size / pong.length) }, () => pong))
}
