import type { Duplex } from 'node:stream'
import type { MessageType } from '@wirebeat/core/adapter'

/** Bytes of the memory that frames are put together in. */
const SLAB_SIZE = 32 * 1024
/** Payloads from this size on are not copied; a write of their own costs less. */
const COPY_LIMIT = 4 * 1024
const MAX_HEADER = 10

/**
 * The frames of one burst, so that they leave in one write.
 *
 * A profile of bare ws at 64 bytes with 16 messages outstanding shows more than two thirds of the time
 * in the system call that each message makes. So frames are put together here for as long as they are
 * for one stream, and written when one for another stream comes, when there is no room, before ws
 * itself writes to the stream, and when the callback that the event loop is in has ended: after all
 * that was read from the network in one go. To wait for the end of the turn measured slower.
 */
class FrameBatch {
  #stream: Duplex | undefined
  #slab: Buffer = Buffer.allocUnsafeSlow(SLAB_SIZE)
  #start = 0
  #end = 0
  #isScheduled = false

  /** Bytes that wait here for a stream. */
  sizeFor(stream: Duplex): number {
    return this.#stream === stream ? this.#end - this.#start : 0
  }

  /** Adds the frame of one whole message (RFC 6455, section 5.2), unmasked, as a server sends it. */
  add(stream: Duplex, data: string | Uint8Array, type: MessageType): void {
    if (this.#stream !== stream) {
      this.flush()
      this.#stream = stream
    }
    const length = typeof data === 'string' ? Buffer.byteLength(data) : data.length
    if (length >= COPY_LIMIT) {
      this.#addLarge(stream, data, length, type)
      return
    }
    if (this.#end + length + MAX_HEADER > SLAB_SIZE) this.#renew()
    this.#end = writeHeader(this.#slab, this.#end, length, type)
    if (typeof data === 'string') this.#slab.write(data, this.#end)
    else this.#slab.set(data, this.#end)
    this.#end += length
    if (!this.#isScheduled) this.#schedule()
  }

  /** Hands all that waits to its stream. */
  readonly flush = (): void => {
    const stream = this.#stream
    if (stream === undefined || this.#end === this.#start) return
    const frames = this.#slab.subarray(this.#start, this.#end)
    this.#start = this.#end
    // The stream may have been destroyed since; its connection is told by ws.
    if (stream.writable) stream.write(frames)
  }

  #addLarge(stream: Duplex, data: string | Uint8Array, length: number, type: MessageType): void {
    this.flush()
    const header = Buffer.allocUnsafe(MAX_HEADER)
    const headerLength = writeHeader(header, 0, length, type)
    stream.cork()
    stream.write(header.subarray(0, headerLength))
    stream.write(data)
    stream.uncork()
  }

  /** What was handed to a stream may be read until it is written, so it is left alone. */
  #renew(): void {
    this.flush()
    this.#slab = Buffer.allocUnsafeSlow(SLAB_SIZE)
    this.#start = 0
    this.#end = 0
  }

  #schedule(): void {
    this.#isScheduled = true
    process.nextTick(this.#endCallback)
  }

  readonly #endCallback = (): void => {
    this.#isScheduled = false
    this.flush()
    // So that nobody is kept alive by having been the last.
    this.#stream = undefined
  }
}

/** @returns the offset behind the header. */
function writeHeader(target: Buffer, offset: number, length: number, type: MessageType): number {
  target[offset] = type === 'text' ? 0x81 : 0x82
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

/** One for all sockets of the process: whoever sends next makes the one before it go. */
export const frameBatch: FrameBatch = new FrameBatch()
