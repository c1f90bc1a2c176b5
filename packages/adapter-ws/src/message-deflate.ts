import { Buffer } from 'node:buffer'
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib'

/**
 * Bytes of a message that is compressed on the event loop, at most. Handing it to a thread takes longer. ws has threads
 * compress larger ones, because some texts of 16 KiB take milliseconds.
 */
export const DEFLATE_LIMIT: number = 4 * 1024

/** Bytes of a message that is inflated on the event loop, at most, before and after. */
export const INFLATE_LIMIT: number = 16 * 1024

/** A window that sees all of a small message. */
const SMALL_WINDOW_BITS = 13
/** How much memory zlib uses to find repeats, from 1 to 9. At 5 its table takes 8 KiB instead of 64. */
const SMALL_MEMORY_LEVEL = 5

/** The size of zlib's output buffer. With its default of 16 KiB for every message, V8 collects garbage more often. */
const MIN_CHUNK = 1024
const MAX_CHUNK = 16 * 1024
/** How much larger most messages are than what they are compressed to, at most. */
const USUAL_RATIO = 6

/** What each compressed message ends with, and leaves out (RFC 7692, section 7.2.1). */
const TAIL = Buffer.of(0x00, 0x00, 0xff, 0xff)

/** Where the tail is added. It is free again when a call returns. */
const memory = Buffer.allocUnsafeSlow(INFLATE_LIMIT + TAIL.length)

/**
 * Compresses a message that has no context (RFC 7692, section 7.2.1).
 *
 * @param size the bytes of the message, which a text has as UTF-8
 * @param windowBits the window that was agreed on, as the exponent of two: 8 to 15
 */
export function deflateMessage(
  data: string | Uint8Array,
  size: number,
  windowBits: number,
): Buffer {
  const isSmall = size <= DEFLATE_LIMIT
  const deflated = deflateRawSync(data, {
    finishFlush: constants.Z_SYNC_FLUSH,
    chunkSize: chunkFor(size),
    windowBits: isSmall ? Math.min(windowBits, SMALL_WINDOW_BITS) : windowBits,
    memLevel: isSmall ? SMALL_MEMORY_LEVEL : constants.Z_DEFAULT_MEMLEVEL,
  })
  return deflated.subarray(0, deflated.length - TAIL.length)
}

/**
 * Inflates a message that has no context (RFC 7692, section 7.2.2).
 *
 * @param deflated {@link INFLATE_LIMIT} bytes at most
 * @param maxSize how many bytes a message may have; 0 stands for any number
 * @returns `undefined` for one that is larger than {@link INFLATE_LIMIT} or `maxSize`, or has a fault
 */
export function inflateMessage(deflated: Uint8Array, maxSize: number): Buffer | undefined {
  const { length } = deflated
  memory.set(deflated)
  memory.set(TAIL, length)
  try {
    return inflateRawSync(memory.subarray(0, length + TAIL.length), {
      finishFlush: constants.Z_SYNC_FLUSH,
      chunkSize: chunkFor(USUAL_RATIO * length),
      maxOutputLength: maxSize > 0 ? Math.min(maxSize, INFLATE_LIMIT) : INFLATE_LIMIT,
    })
  } catch {
    return undefined
  }
}

function chunkFor(size: number): number {
  return Math.min(Math.max(size, MIN_CHUNK), MAX_CHUNK)
}
