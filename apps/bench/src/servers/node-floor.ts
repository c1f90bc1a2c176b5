import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { Duplex } from 'node:stream'
import { listenOn } from './node-server.ts'
import { readTls, tls } from './tls.ts'

// What an echo of small messages costs at least on Node's sockets: a frame is looked at, unmasked and sent back. It has no
// limits, fragments, checks, heartbeat or policy. What is answered in a turn of the event loop leaves together.

/** What RFC 6455, section 1.3, adds to the key of a handshake. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
const LENGTH_16 = 126
const MASK_SIZE = 4
const CLOSE = 8

const server = tls === undefined ? createServer() : createTlsServer(await readTls(tls))
const answers: (() => void)[] = []

server.on('upgrade', ({ headers }: IncomingMessage, socket: Duplex) => {
  const accept = createHash('sha1')
    .update(headers['sec-websocket-key'] + GUID)
    .digest('base64')
  const fields = ['Upgrade: websocket', 'Connection: Upgrade', `Sec-WebSocket-Accept: ${accept}`]
  socket.write(['HTTP/1.1 101 Switching Protocols', ...fields, '\r\n'].join('\r\n'))
  socket.on('error', () => {})
  socket.on('data', (frames: Buffer) => {
    const answer = answerTo(frames)
    if (answer === undefined) socket.destroy()
    else answerLater(() => socket.write(answer))
  })
})

/** The frames without their masks, or `undefined` behind a close frame. The generator writes whole frames. */
function answerTo(frames: Buffer): Buffer | undefined {
  let end = 0
  for (let at = 0; at < frames.length; ) {
    const first = frames[at] ?? 0
    if ((first & 0x0f) === CLOSE) return undefined
    let length = (frames[at + 1] ?? 0) & 0x7f
    frames[end++] = first
    frames[end++] = length
    at += 2
    if (length === LENGTH_16) {
      length = frames.readUInt16BE(at)
      end = frames.writeUInt16BE(length, end)
      at += 2
    }
    const mask = frames.readInt32LE(at)
    at += MASK_SIZE
    // The answer is shorter, so it never reaches what is still read.
    for (let index = 0; index < length; index++) {
      frames[end++] = (frames[at++] ?? 0) ^ (mask >> (8 * (index & 3)))
    }
  }
  return frames.subarray(0, end)
}

function answerLater(write: () => void): void {
  if (answers.length === 0) setImmediate(answerAll)
  answers.push(write)
}

function answerAll(): void {
  for (const write of answers) write()
  answers.length = 0
}

await listenOn(server)
