/** Opcodes of RFC 6455, section 5.2. */
export const Opcode = { text: 0x1, binary: 0x2, close: 0x8, ping: 0x9, pong: 0xa } as const

export type Opcode = (typeof Opcode)[keyof typeof Opcode]

const FIN = 0x80
const MASKED = 0x80
const MASK_LENGTH = 4

/** An unfragmented frame as a server sends it (RFC 6455, section 5.2). */
export function serverFrame(opcode: Opcode, payload: Uint8Array): Buffer {
  return Buffer.concat([header(opcode, payload.length, 0), payload])
}

/**
 * An unfragmented frame as a client sends it: masked (RFC 6455, section 5.3).
 *
 * @param mask the masking key, as an unsigned number of 32 bits
 */
export function clientFrame(opcode: Opcode, payload: Uint8Array, mask: number): Buffer {
  const head = header(opcode, payload.length, MASKED)
  const frame = Buffer.allocUnsafe(head.length + MASK_LENGTH + payload.length)
  head.copy(frame)
  frame.writeUInt32BE(mask, head.length)
  const start = head.length + MASK_LENGTH
  for (const [index, byte] of payload.entries()) {
    frame[start + index] = byte ^ (mask >>> (24 - 8 * (index % MASK_LENGTH)))
  }
  return frame
}

function header(opcode: Opcode, length: number, masked: number): Buffer {
  if (length < 126) return Buffer.from([FIN | opcode, masked | length])
  if (length < 65_536) {
    return Buffer.from([FIN | opcode, masked | 126, length >>> 8, length & 0xff])
  }
  const head = Buffer.alloc(10)
  head[0] = FIN | opcode
  head[1] = masked | 127
  head.writeBigUInt64BE(BigInt(length), 2)
  return head
}
