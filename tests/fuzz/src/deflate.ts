import { constants, deflateRawSync, inflateRawSync, type ZlibOptions } from 'node:zlib'

/** What ends the data of a message, and is left out on the wire (RFC 7692, section 7.2.1). */
const TAIL = Buffer.of(0x00, 0x00, 0xff, 0xff)
/** An empty block that says it is the last. */
const LAST_BLOCK = Buffer.of(0x03, 0x00)

/** Compresses a payload as RFC 7692, section 7.2.1, asks. */
export function deflate(payload: Uint8Array): Buffer {
  const data = deflateRawSync(payload, { finishFlush: constants.Z_SYNC_FLUSH })
  return data.subarray(0, -TAIL.length)
}

/**
 * Inflates the data of one message (RFC 7692, section 7.2.2).
 *
 * @throws Error for what is no deflate stream.
 */
export function inflateMessage(data: Uint8Array, options: ZlibOptions = {}): Buffer {
  const whole = Buffer.concat([data, TAIL])
  return inflateRawSync(whole, { finishFlush: constants.Z_SYNC_FLUSH, ...options })
}

/**
 * What the compressed data of one message comes to.
 *
 * `too-big` may be broken behind the limit. `doubtful` is what engines may take or refuse: data that ends within
 * a block, or that holds a final one.
 */
export type Inflated = Buffer | 'broken' | 'doubtful' | 'too-big'

/** The smallest piece in bytes in which zlib inflates. */
const PIECE = 64

/** Tells what the compressed data of one message comes to. */
export function inflate(data: Uint8Array, limit: number): Inflated {
  try {
    const inflated = inflateMessage(data, { maxOutputLength: limit })
    return endsBetweenBlocks(data) ? inflated : 'doubtful'
  } catch (error) {
    const code = codeOf(error)
    if (code === 'ERR_BUFFER_TOO_LARGE') return 'too-big'
    if (code !== 'Z_DATA_ERROR') return 'doubtful'
    // What comes before the fault may be over the limit, in the same piece of this inflater and in an earlier
    // one of an engine.
    return isOver(data, Math.max(1, limit - PIECE)) ? 'too-big' : 'broken'
  }
}

/** Whether broken data comes to more than so many bytes, in whole pieces, before its fault. */
function isOver(data: Uint8Array, limit: number): boolean {
  try {
    inflateMessage(data, { maxOutputLength: limit, chunkSize: PIECE })
    return false
  } catch (error) {
    return codeOf(error) === 'ERR_BUFFER_TOO_LARGE'
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}

function endsBetweenBlocks(data: Uint8Array): boolean {
  const whole = Buffer.concat([data, TAIL, LAST_BLOCK])
  try {
    // With `info` it returns more than its type says.
    const { engine } = inflateRawSync(whole, { info: true }) as unknown as {
      readonly engine: { readonly bytesWritten: number }
    }
    return engine.bytesWritten === whole.length
  } catch {
    return false
  }
}
