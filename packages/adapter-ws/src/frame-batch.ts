import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { setImmediate } from 'node:timers'
import { type Burst, join, OwnFrames, SharedFrame } from './burst.ts'
import { frameOf, MAX_HEADER, PING, PONG, writeHeader } from './frame.ts'
import type { FrameStream } from './frame-stream.ts'

/** The size of the memory in which frames are collected, in bytes. */
const SLAB_SIZE = 64 * 1024
/** Bytes of frames that leave in one write, at most. */
const MAX_WRITE = 64 * 1024
/**
 * Messages of this size and more are written on their own, and a stream is given the application's own memory
 * where that is safe. Copying 16 KiB costs less than writing a header and a payload separately. Copying up to
 * 64 KiB would gain 2 % at most.
 */
const COPY_LIMIT = 20 * 1024
/** Bytes of slabs that may be filled before all is sent, whoever it is for. */
const MAX_COLLECTED = 16 * 1024 * 1024
/** Slabs that are kept to be used again. */
const MAX_FREE = 16
/** Messages and pings that may be received while frames wait. */
const PATIENCE = 1_024

/**
 * Collects the frames of one turn of the event loop, for each stream. All frames of a stream are sent in one
 * write, and all writes follow each other.
 *
 * A profile of bare ws at 64 bytes with 16 messages outstanding shows more than two thirds of the time in the
 * system call of each message. With one message outstanding, most of such a call on one machine is waking the
 * other process, which is still awake when the writes follow each other. This takes 15 to 20 % less CPU time
 * than a write at the end of each callback.
 *
 * A turn can be long: Node handles up to 49,152 reads before it ends. So frames are also sent when a stream has
 * `MAX_WRITE` bytes of them or all streams `MAX_COLLECTED`, when `PATIENCE` messages were received, and before ws
 * itself writes to a stream.
 */
class FrameBatch {
  /** The streams that have frames, in the order of their first. */
  readonly #streams: FrameStream[] = []
  /** How many of them were already written to. */
  #taken = 0
  /** Bursts that remember their next one. */
  readonly #extended: SharedFrame[] = []
  #slab: Buffer = Buffer.allocUnsafeSlow(SLAB_SIZE)
  /** Where the next frame goes in the slab. */
  #end = 0
  /** Whether a stream may still read from the slab. */
  #isHeld = false
  /** Slabs of this turn that are full, and that no stream holds yet. */
  #full: Buffer[] = []
  /** Bytes of all slabs that were filled in this turn. */
  #collected = 0
  /** Slabs that can be used again. */
  readonly #free: Buffer[] = []
  #patience = PATIENCE
  #isScheduled = false

  /**
   * Adds the frame of one whole message (RFC 6455, section 5.2), unmasked, as a server sends it.
   *
   * @param first the first byte of the frame
   * @returns `false` when the stream goes on reading `data`, so that it must not change yet.
   */
  add(target: FrameStream, data: string | Uint8Array, first: number): boolean {
    const length = typeof data === 'string' ? Buffer.byteLength(data) : data.length
    if (length >= COPY_LIMIT) return this.#writeLarge(target, data, length, first)
    const start = this.#begin(target, length + MAX_HEADER)
    const payload = writeHeader(this.#slab, start, first, length)
    if (typeof data === 'string') this.#slab.write(data, payload)
    else this.#slab.set(data, payload)
    this.#finish(target, payload + length)
    return true
  }

  /** Adds a frame that many streams are sent. It is not copied. */
  addShared(target: FrameStream, shared: SharedFrame): void {
    if (shared.size >= COPY_LIMIT) {
      this.flushOne(target)
      target.write(shared.frame, true)
      return
    }
    this.#makeRoom(target, shared.size)
    target.waiting += shared.size
    const { burst } = target
    if (burst === undefined) this.#enlist(target)
    target.burst = burst === undefined ? shared : shared.behind(burst, this.#extended)
  }

  /** Adds a ping without data (RFC 6455, section 5.5.2). */
  addPing(target: FrameStream): void {
    const start = this.#begin(target, MAX_HEADER)
    this.#finish(target, writeHeader(this.#slab, start, PING, 0))
  }

  /** Adds a pong with the data of its ping, 125 bytes at most (RFC 6455, section 5.5.3). */
  addPong(target: FrameStream, data: Uint8Array): void {
    const start = this.#begin(target, data.length + MAX_HEADER)
    const payload = writeHeader(this.#slab, start, PONG, data.length)
    this.#slab.set(data, payload)
    this.#finish(target, payload + data.length)
  }

  /** To be called for each message and ping that comes, whoever sent it. */
  received(): void {
    if (this.#streams.length > 0 && --this.#patience === 0) this.flush()
  }

  /** Writes everything that waits to the streams. */
  readonly flush = (): void => {
    this.#patience = PATIENCE
    // Read again each time, because a stream may call back within a write, and frames may be added.
    for (;;) {
      const target = this.#streams[this.#taken]
      if (target === undefined) break
      this.#taken++
      target.isListed = false
      this.flushOne(target)
    }
    this.#streams.length = 0
    this.#taken = 0
    for (const burst of this.#extended) burst.forgetNext()
    this.#extended.length = 0
    this.#collected = 0
    if (this.#full.length > 0) this.#reuse()
    if (!this.#isHeld) this.#end = 0
  }

  /** Writes what waits for one stream. */
  flushOne(target: FrameStream): void {
    const { burst } = target
    if (burst === undefined) return
    target.burst = undefined
    target.waiting -= burst.size
    if (burst instanceof SharedFrame && burst.isShared) {
      target.write(burst.joined, true)
      return
    }
    const frames = this.#inSlab(burst)
    // Before the write, because streams of other kinds may call back within it.
    if (!copiesAtOnce(target.stream)) this.#hold()
    if (target.write(frames, false)) this.#hold()
  }

  /** Makes sure that there are `size` bytes behind the end of the slab. Returns the end. */
  #begin(target: FrameStream, size: number): number {
    this.#makeRoom(target, size)
    if (this.#end + size > SLAB_SIZE) {
      this.#collected += SLAB_SIZE
      if (this.#collected >= MAX_COLLECTED) this.flush()
      if (this.#end > 0) this.#renew()
    }
    return this.#end
  }

  #finish(target: FrameStream, end: number): void {
    const start = this.#end
    this.#end = end
    target.waiting += end - start
    const { burst } = target
    if (burst === undefined) {
      this.#enlist(target)
    } else if (burst instanceof OwnFrames && burst.slab === this.#slab && burst.end === start) {
      burst.end = end
      return
    }
    target.burst = new OwnFrames(this.#slab, start, end, burst)
  }

  /** Sends what waits for a stream when more would be too much for one write. */
  #makeRoom(target: FrameStream, size: number): void {
    if (target.burst === undefined || target.burst.size + size <= MAX_WRITE) return
    // With nothing of others in it, the slab is free again.
    if (this.#streams.length === 1) this.flush()
    else this.flushOne(target)
  }

  #enlist(target: FrameStream): void {
    if (!target.isListed) this.#streams.push(target)
    target.isListed = true
    if (!this.#isScheduled) this.#schedule()
  }

  #writeLarge(
    target: FrameStream,
    data: string | Uint8Array,
    length: number,
    first: number,
  ): boolean {
    this.flushOne(target)
    const { stream } = target
    if (target.isBackedUp || !copiesAtOnce(stream)) {
      target.write(frameOf(data, length, first), true)
      return true
    }
    target.mayHold = true
    const header = Buffer.allocUnsafe(MAX_HEADER)
    const headerLength = writeHeader(header, 0, first, length)
    stream.cork()
    stream.write(header.subarray(0, headerLength))
    stream.write(data)
    stream.uncork()
    return typeof data === 'string' || stream.writableLength === 0
  }

  /** The bytes of a burst, side by side in a slab. */
  #inSlab(burst: Burst): Buffer {
    if (burst instanceof OwnFrames && burst.before === undefined) {
      return burst.slab.subarray(burst.start, burst.end)
    }
    if (this.#end + burst.size > SLAB_SIZE) this.#renew()
    const frames = this.#slab.subarray(this.#end, this.#end + burst.size)
    this.#end += burst.size
    join(burst, frames)
    return frames
  }

  /** Nobody reads any more from the slabs that are full. */
  #reuse(): void {
    this.#free.push(...this.#full.slice(0, MAX_FREE - this.#free.length))
    this.#full = []
  }

  /** Takes another slab. */
  #renew(): void {
    if (!this.#isHeld) this.#full.push(this.#slab)
    this.#slab = this.#free.pop() ?? Buffer.allocUnsafeSlow(SLAB_SIZE)
    this.#isHeld = false
    this.#end = 0
  }

  /** A stream goes on reading from a slab of this turn. It may be any of them. */
  #hold(): void {
    this.#isHeld = true
    this.#full = []
  }

  #schedule(): void {
    this.#isScheduled = true
    setImmediate(this.#endTurn)
  }

  readonly #endTurn = (): void => {
    this.#isScheduled = false
    this.flush()
  }
}

/**
 * Whether a stream no longer reads the bytes of a write when nothing waits in it. This is certain only for
 * Node's own socket: a socket with TLS encrypts later, and other streams may pass the same bytes on.
 */
function copiesAtOnce(stream: Duplex): boolean {
  return Object.getPrototypeOf(stream) === Socket.prototype
}

/** One batch for all sockets of the process, because they share the turns of the event loop. */
export const frameBatch: FrameBatch = new FrameBatch()
