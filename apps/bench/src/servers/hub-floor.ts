import { App } from 'uWebSockets.js'
import { createServer } from 'node:http'
import process from 'node:process'
import { decode, encode } from '@msgpack/msgpack'
import { WebSocketServer } from 'ws'
import { listenOn } from './node-server.ts'
import { MAX_MESSAGE_SIZE, PATH } from './settings.ts'
import { listenOn as listenOnUws } from './uws-server.ts'

// What a hub costs at least in JavaScript: the engine, a general codec, and a look at the target. It has no limits, no
// binding, no streams and no keep-alive, and the answers to one frame leave as one.

const SEPARATOR = '\u001e'
const HANDSHAKE = '"protocol"'

/** The answer to one frame. */
function answerTo(data: Buffer, isBinary: boolean): string | Uint8Array {
  if (isBinary) return answerToBytes(data)
  const text = data.toString()
  if (text.includes(HANDSHAKE)) return `{}${SEPARATOR}`
  let answer = ''
  for (const record of text.split(SEPARATOR)) {
    if (record === '') continue
    const { target, invocationId, arguments: args } = JSON.parse(record)
    const result = target === 'Echo' ? args[0] : undefined
    answer += JSON.stringify({ type: 3, invocationId, result }) + SEPARATOR
  }
  return answer
}

function answerToBytes(data: Buffer): Uint8Array {
  const answers: Uint8Array[] = []
  for (let at = 0; at < data.length; ) {
    let length = 0
    for (let shift = 0; ; shift += 7) {
      const byte = data[at++] ?? 0
      length |= (byte & 0x7f) << shift
      if (byte < 0x80) break
    }
    // The generator writes nothing else.
    const [, , id, target, [value]] = decode(data.subarray(at, at + length)) as [
      number,
      object,
      string,
      string,
      [unknown],
    ]
    at += length
    const answer = encode([3, {}, id, 3, target === 'EchoBytes' ? value : undefined])
    answers.push(Uint8Array.of(answer.length), answer)
  }
  return Buffer.concat(answers)
}

if (process.argv[2] === 'uws') {
  const app = App()
  app.ws(PATH, {
    maxPayloadLength: MAX_MESSAGE_SIZE,
    message(socket, message, isBinary) {
      socket.send(answerTo(Buffer.from(message), isBinary), isBinary)
    },
  })
  listenOnUws(app)
} else {
  const server = createServer()
  const sockets = new WebSocketServer({ server, path: PATH, maxPayload: MAX_MESSAGE_SIZE })
  sockets.on('connection', (socket) => {
    socket.on('message', (data: Buffer, isBinary) => {
      socket.send(answerTo(data, isBinary), { binary: isBinary })
    })
  })
  await listenOn(server)
}
