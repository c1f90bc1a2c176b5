import { isWasteful, readLength } from './frame-length.ts'
import type { Wire } from './wire.ts'

/** A frame that came from the server. */
export interface ServerFrame {
  readonly opcode: number
  readonly isCompressed: boolean
  readonly payload: Buffer
}

/**
 * Takes the next frame off what came, or nothing while it is not whole.
 *
 * @throws Error for what a server must not send: a mask, a reserved bit other than RSV1 on a message, a
 * fragment, a length in more bytes than it needs.
 */
export function takeFrame(wire: Wire): ServerFrame | undefined {
  const bytes = wire.received
  const [first, second] = bytes
  if (first === undefined || second === undefined) return undefined
  const opcode = first & 0x0f
  const isCompressed = (first & 0x40) !== 0
  if (
    (first & 0x80) === 0 ||
    (first & 0x30) !== 0 ||
    (isCompressed && opcode > 2) ||
    second > 127
  ) {
    throw new Error(`the server sent a frame that begins with ${bytes.toString('hex', 0, 2)}`)
  }
  const header = readLength(bytes)
  if (header === undefined) return undefined
  const { length, size } = header
  if (isWasteful(header)) {
    throw new Error(`the server sent a length of ${length} in more bytes than it needs`)
  }
  const end = size + length
  if (bytes.length < end) return undefined
  wire.take(end)
  return { opcode, isCompressed, payload: bytes.subarray(size, end) }
}
