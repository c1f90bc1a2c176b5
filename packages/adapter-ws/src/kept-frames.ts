import type { Duplex } from 'node:stream'

/** Bytes of the first piece of memory. Each further one is twice as large, up to the last figure. */
const FIRST_PIECE = 1024
const LARGEST_PIECE = 64 * 1024

/**
 * Copies of frames that wait for a slow peer, side by side. A stream would hold each of them by itself,
 * and with it the whole piece of memory that it lies in.
 */
export class KeptFrames {
  readonly #full: Buffer[] = []
  #last: Buffer = Buffer.allocUnsafeSlow(FIRST_PIECE)
  #end = 0
  #size = 0

  /** Bytes that wait. */
  get size(): number {
    return this.#size
  }

  add(frames: Buffer): void {
    this.#size += frames.length
    for (let start = 0; start < frames.length; ) {
      if (this.#end === this.#last.length) this.#grow()
      const taken = frames.copy(this.#last, this.#end, start)
      this.#end += taken
      start += taken
    }
  }

  /** Hands all of them to the stream, which may read them where they lie. */
  writeTo(stream: Duplex): void {
    stream.cork()
    for (const piece of this.#full) stream.write(piece)
    stream.write(this.#last.subarray(0, this.#end))
    stream.uncork()
  }

  #grow(): void {
    this.#full.push(this.#last)
    this.#last = Buffer.allocUnsafeSlow(Math.min(2 * this.#last.length, LARGEST_PIECE))
    this.#end = 0
  }
}
