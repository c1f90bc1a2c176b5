import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { constants, deflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { extendReader, holdTurn } from '../src/frame-reader.ts'

const MAX_PAYLOAD = 20_000

/** What a client sends, and how it arrives. */
interface Conversation {
  readonly frames: readonly Buffer[]
  /** Where the bytes are cut into pieces, modulo their number. */
  readonly cuts: readonly number[]
  /** After how many messages the reader is held each time; 0 for never. */
  readonly heldAfter: number
}

/** The lengths at which something changes, and those about them. */
const size = fc.oneof(
  { weight: 8, arbitrary: fc.nat(12) },
  { weight: 3, arbitrary: fc.integer({ min: 120, max: 135 }) },
  { weight: 3, arbitrary: fc.nat(5_000) },
  { weight: 1, arbitrary: fc.integer({ min: 16_380, max: 16_390 }) },
  { weight: 1, arbitrary: fc.integer({ min: MAX_PAYLOAD - 2, max: MAX_PAYLOAD + 2 }) },
  { weight: 1, arbitrary: fc.integer({ min: 65_530, max: 65_540 }) },
)

const text = fc
  .tuple(size, fc.constantFrom('a', 'é', '€', '𝄞', 'a€', '\0'))
  .map(([length, unit]) => Buffer.from(unit.repeat(length / Buffer.byteLength(unit))))
const bytes = fc.tuple(size, fc.nat(255)).map(([length, fill]) => Buffer.alloc(length, fill))
const noise = fc.uint8Array({ maxLength: 40 }).map((data) => Buffer.from(data))

const TEXT = 1
const BINARY = 2
const CONTINUATION = 0
const CLOSE = 8
const PING = 9
const PONG = 10
const FIN = 0x80
const KEY = Buffer.of(1, 20, 110, 240)
const COMPRESSED = 0x40
const MASKED = 0x80

function frame(first: number, payload: Buffer, key: Uint8Array, bytesOfLength: number): Buffer {
  const { length } = payload
  const shortest = length < 126 ? 0 : length < 65_536 ? 2 : 8
  const lengthSize = Math.max(shortest, bytesOfLength)
  const header = Buffer.alloc(2 + lengthSize)
  header[0] = first
  header[1] = MASKED | (lengthSize === 0 ? length : lengthSize === 2 ? 126 : 127)
  if (lengthSize === 2) header.writeUInt16BE(length, 2)
  if (lengthSize === 8) header.writeBigUInt64BE(BigInt(length), 2)
  return Buffer.concat([header, key, payload.map((byte, at) => byte ^ (key[at % 4] ?? 0))])
}

/** A frame with any mask, whose length may take more bytes than it must. */
function framed(first: number, data: fc.Arbitrary<Buffer>): fc.Arbitrary<Buffer> {
  const mask = fc.uint8Array({ minLength: 4, maxLength: 4 })
  const form = fc.constantFrom(0, 0, 0, 2, 8)
  return fc.tuple(data, mask, form).map((parts) => frame(first, ...parts))
}

/** Cuts bytes at some places, modulo their number. */
function piecesOf(all: Buffer, cuts: readonly number[]): readonly Buffer[] {
  const places = [0, ...cuts.map((place) => place % (all.length + 1)), all.length]
  places.sort((one, other) => one - other)
  return places.slice(1).map((end, index) => all.subarray(places[index], end))
}

function deflated(data: Buffer): Buffer {
  return deflateRawSync(data, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4)
}

const control = fc.constantFrom(PING, PONG).chain((opcode) =>
  framed(
    FIN | opcode,
    fc.nat(125).map((length) => Buffer.alloc(length)),
  ),
)
const whole = fc.oneof(
  framed(FIN | TEXT, text),
  framed(FIN | BINARY, bytes),
  framed(FIN | COMPRESSED | TEXT, text.map(deflated)),
  framed(FIN | COMPRESSED | BINARY, bytes.map(deflated)),
)
/** A message in fragments, with control frames among them now and then. */
const fragmented = fc
  .tuple(
    text,
    fc.boolean(),
    fc.array(fc.nat(), { maxLength: 4 }),
    fc.array(control, { maxLength: 2 }),
  )
  .map(([message, isCompressed, places, controls]) => {
    const data = isCompressed ? deflated(message) : message
    const pieces = piecesOf(data, places)
    return pieces.flatMap((piece, index) => {
      const opcode = index > 0 ? CONTINUATION : isCompressed ? COMPRESSED | TEXT : TEXT
      const fin = index === pieces.length - 1 ? FIN : 0
      return [frame(fin | opcode, piece, KEY, 0), ...(fin === 0 ? controls : [])]
    })
  })
  .map((frames) => Buffer.concat(frames))
const many = fc
  .tuple(whole, fc.integer({ min: 2, max: 90 }))
  .filter(([message, times]) => message.length * times < 100_000)
  .map(([message, times]) => Buffer.concat(Array.from({ length: times }, () => message)))
/** What ends a conversation, with a fault most of the time. */
const last = fc.oneof(
  framed(FIN | CLOSE, fc.constantFrom(Buffer.alloc(0), Buffer.of(3, 232, 97))),
  framed(FIN | CLOSE, noise),
  fc.nat(255).chain((first) => framed(first, noise)),
  fc
    .constantFrom(FIN | TEXT, FIN | COMPRESSED | TEXT, FIN | COMPRESSED | BINARY, TEXT)
    .chain((first) => framed(first, noise)),
  // Without a mask.
  noise.map((data) => Buffer.concat([Buffer.of(FIN | BINARY, data.length), data])),
  noise,
)

const conversation: fc.Arbitrary<Conversation> = fc.record({
  frames: fc
    .tuple(
      fc.array(
        fc.oneof(
          { weight: 6, arbitrary: whole },
          { weight: 2, arbitrary: control },
          { weight: 2, arbitrary: fragmented },
          { weight: 1, arbitrary: many },
        ),
        { maxLength: 12 },
      ),
      // What is behind an end is dropped.
      fc.array(last, { maxLength: 2 }),
      fc.array(whole, { maxLength: 2 }),
    )
    .map((parts) => parts.flat()),
  cuts: fc.array(fc.nat(), { maxLength: 12 }),
  heldAfter: fc.constantFrom(0, 0, 1, 2, 5, 30),
})

const server = new WebSocketServer({
  noServer: true,
  maxPayload: MAX_PAYLOAD,
  autoPong: false,
  perMessageDeflate: { serverNoContextTakeover: true, clientNoContextTakeover: true },
})

/** A WebSocket of ws on a stream in memory. */
function open(stream: Duplex): WebSocket {
  const request = new IncomingMessage(new Socket())
  request.method = 'GET'
  request.headers = {
    upgrade: 'websocket',
    connection: 'upgrade',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'sec-websocket-version': '13',
    'sec-websocket-extensions': 'permessage-deflate; client_no_context_takeover',
  }
  let opened: WebSocket | undefined
  server.handleUpgrade(request, stream, Buffer.alloc(0), (socket) => {
    opened = socket
  })
  if (opened === undefined) throw new Error('ws has refused the handshake')
  return opened
}

/** What a socket tells of these pieces. */
async function told(
  pieces: readonly Buffer[],
  prepare: (socket: WebSocket) => void = () => {},
): Promise<readonly string[]> {
  const log: string[] = []
  const stream = new Duplex({
    read() {},
    write: (_chunk, _encoding, done) => done(),
  })
  const socket = open(stream)
  socket.on('message', (data, isBinary) => log.push(`${isBinary ? 'binary' : 'text'} ${hex(data)}`))
  socket.on('ping', (data) => log.push(`ping ${hex(data)}`))
  socket.on('pong', (data) => log.push(`pong ${hex(data)}`))
  socket.on('error', (error) => log.push(`error ${error.message}`))
  const closed = new Promise<void>((resolve) => {
    socket.on('close', (code, reason) => {
      log.push(`close ${code} ${hex(reason)}`)
      resolve()
    })
  })
  prepare(socket)
  for (const piece of pieces) {
    stream.push(piece)
    await setImmediate()
  }
  stream.push(null)
  await closed
  return log
}

function hex(data: unknown): string {
  return Buffer.isBuffer(data) ? data.toString('hex') : String(data)
}

test('an extended reader tells what that of ws tells, however the bytes arrive and whenever it is held', {
  timeout: 120_000,
}, async () => {
  onTestFinished(() => void server.close())
  await fc.assert(
    fc.asyncProperty(conversation, async (given) => {
      // All at once, because ws does not survive a fault behind a message that it inflates.
      const expected = await told([Buffer.concat(given.frames)])
      const all = Buffer.concat(given.frames)
      const actual = await told(piecesOf(all, given.cuts), (socket) => {
        extendReader(Object.assign(socket, { readerEnded() {} }))
        let untilHold = given.heldAfter
        socket.on('message', () => {
          if (--untilHold !== 0) return
          untilHold = given.heldAfter
          expect(holdTurn(socket)).toBe(true)
        })
      })
      expect(actual).toEqual(expected)
    }),
    { numRuns: 500 },
  )
})
