import { randomBytes } from 'node:crypto'

/** The opcodes of RFC 6455, section 5.2. */
export const Opcode = {
  Continuation: 0x0,
  Text: 0x1,
  Binary: 0x2,
  Close: 0x8,
  Ping: 0x9,
  Pong: 0xa,
} as const

/** A frame as a client writes it, right or wrong. */
export interface ClientFrame {
  /** Four bits; any value. */
  readonly opcode: number
  /** Text is written as UTF-8. Default: empty. */
  readonly payload?: string | Uint8Array
  /** Default: `true`. */
  readonly fin?: boolean
  /** The three reserved bits as a number from 0 to 7; the highest is RSV1. Default: 0. */
  readonly rsv?: number
  /** `false` leaves the mask out, which a client must not do. Default: `true`. */
  readonly masked?: boolean
  /** How many bytes after the second hold the length. Default: as few as possible. */
  readonly lengthBytes?: 0 | 2 | 8
  /** The length that the header tells. Default: the length of the payload. */
  readonly declaredLength?: bigint
}

/** Writes one frame as a client does (RFC 6455, section 5.2), or as it must not. */
export function encodeFrame(frame: ClientFrame): Buffer {
  const payload = Buffer.from(frame.payload ?? '')
  const masked = frame.masked ?? true
  const length = frame.declaredLength ?? BigInt(payload.length)
  const lengthBytes = frame.lengthBytes ?? (length < 126n ? 0 : length < 65_536n ? 2 : 8)

  const header = Buffer.alloc(2 + lengthBytes)
  header[0] = ((frame.fin ?? true) ? 0x80 : 0) | ((frame.rsv ?? 0) << 4) | frame.opcode
  const short = lengthBytes === 0 ? Number(length) : lengthBytes === 2 ? 126 : 127
  header[1] = (masked ? 0x80 : 0) | short
  if (lengthBytes === 2) header.writeUInt16BE(Number(length), 2)
  if (lengthBytes === 8) header.writeBigUInt64BE(length, 2)
  if (!masked) return Buffer.concat([header, payload])

  const mask = randomBytes(4)
  const maskedPayload = Buffer.from(payload)
  for (let i = 0; i < maskedPayload.length; i++) {
    // The index is below the length, and i & 3 below four.
    maskedPayload[i] = (maskedPayload[i] ?? 0) ^ (mask[i & 3] ?? 0)
  }
  return Buffer.concat([header, mask, maskedPayload])
}

/** The payload of a close frame (RFC 6455, section 5.5.1); empty without a code. */
export function closePayload(code?: number, reason = ''): Buffer {
  if (code === undefined) return Buffer.alloc(0)
  const payload = Buffer.alloc(2 + Buffer.byteLength(reason))
  payload.writeUInt16BE(code)
  payload.write(reason, 2)
  return payload
}

/** A frame that came from the server. */
export interface ServerFrame {
  readonly opcode: number
  readonly fin: boolean
  readonly payload: Buffer
  /** Whether its first reserved bit is set: the message is compressed (RFC 7692, section 6). */
  readonly rsv1?: true
  /** When its last byte was read, on the clock of `performance.now()`. */
  readonly at: number
}

/** What a reader of frames lets pass. */
export interface FrameReaderOptions {
  /** The first reserved bit on messages, as permessage-deflate has it. Default: `false`. */
  readonly allowRsv1?: boolean
}

/**
 * Reads what a server sends, in any pieces, and is strict about it: a mask, a reserved bit, a length
 * in more bytes than it needs, or a control frame in fragments or over 125 bytes is an error.
 */
export class FrameReader {
  readonly #allowRsv1: boolean
  #chunks: Uint8Array[] = []
  #size = 0
  /** Bytes that must be there before the next look is worth while. */
  #wanted = 2

  constructor({ allowRsv1 = false }: FrameReaderOptions = {}) {
    this.#allowRsv1 = allowRsv1
  }

  /** Takes a piece of the stream and returns the frames that it completes. */
  push(chunk: Uint8Array): ServerFrame[] {
    this.#chunks.push(chunk)
    this.#size += chunk.length
    if (this.#size < this.#wanted) return []

    let rest = Buffer.concat(this.#chunks)
    const frames: ServerFrame[] = []
    for (;;) {
      const { frame, wanted } = readFrame(rest, this.#allowRsv1)
      this.#wanted = wanted
      if (frame === undefined) break
      frames.push(frame)
      rest = rest.subarray(wanted)
    }
    this.#chunks = [rest]
    this.#size = rest.length
    return frames
  }
}

interface ReadResult {
  /** The frame that `bytes` begin with, if it is whole. */
  readonly frame?: ServerFrame
  /** How many bytes the frame takes, as far as is known yet. */
  readonly wanted: number
}

function readFrame(bytes: Buffer, allowRsv1: boolean): ReadResult {
  const [first, second] = bytes
  if (first === undefined || second === undefined) return { wanted: 2 }

  const fin = (first & 0x80) !== 0
  const opcode = first & 0x0f
  const short = second & 0x7f
  const isCompressed = allowRsv1 && opcode < 8 && (first & 0x70) === 0x40
  if ((first & 0x70) !== 0 && !isCompressed) {
    throw new Error('the server sent a frame with a reserved bit')
  }
  if ((second & 0x80) !== 0) throw new Error('the server sent a masked frame')
  if (opcode >= 8 && (!fin || short > 125)) {
    throw new Error('the server sent a control frame in fragments or over 125 bytes')
  }

  const headerLength = short < 126 ? 2 : short === 126 ? 4 : 10
  if (bytes.length < headerLength) return { wanted: headerLength }
  const length = readLength(bytes, short)
  const wanted = headerLength + length
  if (bytes.length < wanted) return { wanted }
  const payload = bytes.subarray(headerLength, wanted)
  const rsv1 = isCompressed ? { rsv1: true as const } : {}
  return { frame: { opcode, fin, payload, ...rsv1, at: performance.now() }, wanted }
}

function readLength(bytes: Buffer, short: number): number {
  if (short < 126) return short
  const length = short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2))
  if (length < (short === 126 ? 126 : 65_536)) {
    throw new Error('the server sent a length in more bytes than it needs')
  }
  return length
}
