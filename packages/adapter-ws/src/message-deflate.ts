import { Buffer } from 'node:buffer'
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib'

/**
 * Bytes of a message that is compressed or inflated at once, at most. It takes 0.1 ms at most, and handing it to a thread
 * takes as long. More is left to ws, which uses threads.
 */
export const AT_ONCE_LIMIT: number = 16 * 1024

/** Bytes of a small message, at most. */
const SMALL = 4 * 1024
/** The smallest window that has all of it, and compresses it as well as a larger one. */
const SMALL_WINDOW_BITS = 12
/** What zlib takes to find what comes again in it, from 1 to 9: 8 KiB of memory in place of its usual 64. */
const SMALL_MEMORY_LEVEL = 5

/** Bytes that zlib writes to at a time. Usually it takes all 16 KiB, and V8 collects the heap when they add up. */
const MIN_CHUNK = 1024
const MAX_CHUNK = 16 * 1024
/** How much larger most messages are than what they are compressed to, at most. */
const USUAL_RATIO = 6

/** What each compressed message ends with, and leaves out (RFC 7692, section 7.2.1). */
const TAIL = Buffer.of(0x00, 0x00, 0xff, 0xff)

/** Where the tail is added. Nobody reads from it when a call has returned. */
const memory = Buffer.allocUnsafeSlow(AT_ONCE_LIMIT + TAIL.length)

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
  const deflated = deflateRawSync(data, {
    finishFlush: constants.Z_SYNC_FLUSH,
    chunkSize: chunkFor(size),
    windowBits,
    ...(size <= SMALL && {
      windowBits: Math.min(windowBits, SMALL_WINDOW_BITS),
      memLevel: SMALL_MEMORY_LEVEL,
    }),
  })
  return deflated.subarray(0, deflated.length - TAIL.length)
}

/**
 * Inflates a message that has no context (RFC 7692, section 7.2.2).
 *
 * @param deflated {@link AT_ONCE_LIMIT} bytes at most
 * @param maxSize how many bytes a message may have; 0 stands for any number
 * @returns `undefined` for one that is too large to be inflated at once, or has a fault
 */
export function inflateMessage(deflated: Uint8Array, maxSize: number): Buffer | undefined {
  const { length } = deflated
  memory.set(deflated)
  memory.set(TAIL, length)
  try {
    return inflateRawSync(memory.subarray(0, length + TAIL.length), {
      finishFlush: constants.Z_SYNC_FLUSH,
      chunkSize: chunkFor(USUAL_RATIO * length),
      maxOutputLength: maxSize > 0 ? Math.min(maxSize, AT_ONCE_LIMIT) : AT_ONCE_LIMIT,
    })
  } catch {
    return undefined
  }
}

function chunkFor(size: number): number {
  return Math.min(Math.max(size, MIN_CHUNK), MAX_CHUNK)
}
