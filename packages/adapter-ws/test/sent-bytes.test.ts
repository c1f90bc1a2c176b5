import { once } from 'node:events'
import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { makeCertificate } from '@wirebeat/conformance/certificate'
import { type Connection, createEndpoint, loop, type Session } from '@wirebeat/core'
import { expect, onTestFinished, test } from 'vitest'
import { listen } from '../src/listen.ts'
import { HANDSHAKE } from './http-client.ts'

const SIZE = 24 * 1024
const COUNT = 400
/** A frame of so many bytes has a header of four. */
const FRAME = 4 + SIZE

/** A message in which every byte tells its number. */
function fill(bytes: Uint8Array, i: number): Uint8Array {
  return bytes.fill(i % 251)
}

/** Sends from one piece of memory, which is used again as soon as `send` has said `sent`. */
function handlers(): Session {
  let bytes = new Uint8Array(SIZE)
  let next = 0
  const sendOn = (connection: Connection): void => {
    while (next < COUNT) {
      if (connection.send(fill(bytes, next++)) === 'sent') continue
      bytes = new Uint8Array(SIZE)
      return
    }
  }
  return { open: sendOn, drain: sendOn }
}

function aLoop(): Session {
  const bytes = new Uint8Array(SIZE)
  return loop(async (connection) => {
    for (let i = 0; i < COUNT; i++) await connection.sendAndWait(fill(bytes, i))
    await connection.closed
  })
}

/** Opens a WebSocket over TCP or TLS, and stops reading behind the response. */
async function open(port: number, isSecure: boolean): Promise<Socket> {
  const socket = isSecure
    ? connectTls({ host: '127.0.0.1', port, rejectUnauthorized: false })
    : connectTcp({ host: '127.0.0.1', port })
  onTestFinished(() => void socket.destroy())
  await once(socket, isSecure ? 'secureConnect' : 'connect')
  const lines = Object.entries({ Host: 'localhost', ...HANDSHAKE })
  socket.write(
    `GET / HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`,
  )
  return socket
}

/** Reads all frames, slowly at first, and returns those whose bytes were changed on their way. */
async function changed(socket: Socket): Promise<number[]> {
  const all = new Set<number>()
  let place = -1
  let head = ''
  let count = 0
  for await (const chunk of socket) {
    // The network is full for a while.
    if (count++ < 20) await new Promise((resolve) => setTimeout(resolve, 5))
    let bytes: Buffer = chunk
    if (place < 0) {
      head += bytes.toString('latin1')
      const end = head.indexOf('\r\n\r\n')
      if (end < 0) continue
      bytes = Buffer.from(head.slice(end + 4), 'latin1')
      place = 0
    }
    for (const byte of bytes) {
      const number = Math.floor(place / FRAME)
      if (place % FRAME >= 4 && byte !== number % 251) all.add(number)
      place++
    }
    if (place === COUNT * FRAME) break
  }
  return [...all]
}

test.each([
  ['handlers', 'TCP', handlers],
  ['handlers', 'TLS', handlers],
  ['a loop', 'TCP', aLoop],
  ['a loop', 'TLS', aLoop],
] as const)(
  'what was sent by %s over %s may be changed at once',
  async (_style, network, makeSession) => {
    const endpoint = createEndpoint({ session: makeSession(), maxBufferedAmount: 2 ** 26 })
    const tls = network === 'TLS' ? { tls: await makeCertificate() } : {}
    const server = await listen(endpoint, { host: '127.0.0.1', ...tls })
    onTestFinished(async () => {
      await endpoint.close({ deadline: 0 })
      await server.close()
    })
    expect(await changed(await open(server.port, network === 'TLS'))).toEqual([])
  },
)
