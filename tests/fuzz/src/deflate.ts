import { constants, deflateRawSync, inflateRawSync, type ZlibOptions } from 'node:zlib'

/** What ends the data of a message, and is left out on the wire (RFC 7692, section 7.2.1). */
const TAIL = Buffer.of(0x00, 0x00, 0xff, 0xff)
/** A block that says it is the last, and holds one letter as it is. */
const LAST_BLOCK = Buffer.of(0x01, 0x01, 0x00, 0xfe, 0xff, 0x41)
const LETTER = LAST_BLOCK.subarray(-1)

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
 * `too-big` may be broken behind the limit. `never-occurs` holds a code of which an engine without `strict-inflate` makes
 * something. `doubtful` is what engines may take or refuse: data that ends within
 * a block, or that holds a final one.
 */
export type Inflated = Buffer | 'broken' | 'never-occurs' | 'doubtful' | 'too-big'

/** The smallest piece in bytes in which zlib inflates. */
const PIECE = 64

/** Tells what the compressed data of one message comes to. */
export function inflate(data: Uint8Array, limit: number): Inflated {
  try {
    const inflated = inflateMessage(data, { maxOutputLength: limit })
    return endsBetweenBlocks(data, inflated) ? inflated : 'doubtful'
  } catch (error) {
    const code = codeOf(error)
    if (code === 'ERR_BUFFER_TOO_LARGE') return 'too-big'
    if (code !== 'Z_DATA_ERROR') return 'doubtful'
    // What comes before the fault may be over the limit, in the same piece of this inflater and in an earlier
    // one of an engine.
    if (isOver(data, Math.max(1, limit - PIECE))) return 'too-big'
    return NEVER_OCCURS.test(String(error)) ? 'never-occurs' : 'broken'
  }
}

/** What zlib says of codes that no data has (RFC 1951, section 3.2.6). */
const NEVER_OCCURS = /invalid (literal\/length|distance) code/

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

function endsBetweenBlocks(data: Uint8Array, inflated: Buffer): boolean {
  const whole = Buffer.concat([data, TAIL, LAST_BLOCK])
  try {
    // With `info` it returns more than its type says.
    const { buffer, engine } = inflateRawSync(whole, { info: true }) as unknown as {
      readonly buffer: Buffer
      readonly engine: { readonly bytesWritten: number }
    }
    // Within a block its bytes mean something else.
    const isRead = buffer.equals(Buffer.concat([inflated, LETTER]))
    return isRead && engine.bytesWritten === whole.length
  } catch {
    return false
  }
}
