/** The length that a frame says, and the size of its header up to there, without the mask. */
export interface FrameLength {
  readonly length: number
  readonly size: number
}

/** Reads the length of a frame (RFC 6455, section 5.2), or nothing while that is not whole. */
export function readLength(bytes: Buffer): FrameLength | undefined {
  const short = (bytes[1] ?? 0) & 0x7f
  const size = short < 126 ? 2 : short === 126 ? 4 : 10
  if (bytes.length < size) return undefined
  if (size === 2) return { length: short, size }
  const length = size === 4 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2))
  return { length, size }
}

/** Whether a length is said in more bytes than it needs. */
export function isWasteful({ length, size }: FrameLength): boolean {
  return (size === 4 && length < 126) || (size === 10 && length < 65_536)
}
