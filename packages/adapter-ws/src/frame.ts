import type { MessageType } from '@wirebeat/core/adapter'

/** Bytes of the longest header of a frame that is not masked. */
export const MAX_HEADER = 10

/** The first byte of a frame that is a whole message or a control frame (RFC 6455, section 5.2). */
export const TEXT = 0x81
export const BINARY = 0x82
export const PING = 0x89
export const PONG = 0x8a
/** The bit of the first byte that says that a message is compressed (RFC 7692, section 6). */
export const COMPRESSED = 0x40

/** The first byte of a message. */
export function firstByte(type: MessageType): number {
  return type === 'text' ? TEXT : BINARY
}

/**
 * Writes the header of a frame as a server sends it, without a mask.
 *
 * @returns the offset behind the header.
 */
export function writeHeader(target: Buffer, offset: number, first: number, length: number): number {
  target[offset] = first
  if (length < 126) {
    target[offset + 1] = length
    return offset + 2
  }
  if (length < 65_536) {
    target[offset + 1] = 126
    return target.writeUInt16BE(length, offset + 2)
  }
  target[offset + 1] = 127
  target.writeUInt32BE(Math.floor(length / 2 ** 32), offset + 2)
  return target.writeUInt32BE(length % 2 ** 32, offset + 6)
}

/** The frame of one whole message or of what it was compressed to, in memory of its own. */
export function frameOf(data: string | Uint8Array, length: number, first: number): Buffer {
  const headerLength = length < 126 ? 2 : length < 65_536 ? 4 : MAX_HEADER
  const frame = Buffer.allocUnsafeSlow(headerLength + length)
  writeHeader(frame, 0, first, length)
  if (typeof data === 'string') frame.write(data, headerLength)
  else frame.set(data, headerLength)
  return frame
}
