import { COMPRESSION_THRESHOLD, type Prepared } from '@wirebeat/core/adapter'
import { SharedFrame } from './burst.ts'
import { COMPRESSED, firstByte, frameOf } from './frame.ts'
import { deflateMessage } from './message-deflate.ts'

const PLAIN = Symbol('frame')
/** What is made for each window, by its bits. */
const DEFLATED = Array.from({ length: 16 }, (_, bits) => ({
  kind: Symbol(`deflated frame, ${bits} bits`),
  make: (message: Prepared): SharedFrame => makeDeflated(message, bits),
}))

/** The frame of a prepared message, for all connections without compression. */
export function plainFrame(message: Prepared): SharedFrame {
  return message.made(PLAIN, makePlain)
}

/**
 * The frame of a prepared message, for all connections with this window. None of them has a context, so what is
 * deflated for one is right for the others (RFC 7692, section 7.1.1.1).
 *
 * It is deflated within this call. Else each connection would have to keep what comes behind it until it is done.
 *
 * @param windowBits the window that was agreed on, as the exponent of two: 8 to 15
 */
export function deflatedFrame(message: Prepared, windowBits: number): SharedFrame {
  const deflated = DEFLATED[windowBits]
  const isWorthWhile = message.bytes.length >= COMPRESSION_THRESHOLD
  if (deflated === undefined || !isWorthWhile) return plainFrame(message)
  return message.made(deflated.kind, deflated.make)
}

function makePlain({ bytes, type }: Prepared): SharedFrame {
  return new SharedFrame(frameOf(bytes, bytes.length, firstByte(type)))
}

function makeDeflated(message: Prepared, windowBits: number): SharedFrame {
  const { bytes, type } = message
  const payload = deflateMessage(bytes, bytes.length, windowBits)
  if (payload.length >= bytes.length) return plainFrame(message)
  return new SharedFrame(frameOf(payload, payload.length, firstByte(type) | COMPRESSED))
}
