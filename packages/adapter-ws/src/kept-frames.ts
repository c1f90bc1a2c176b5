import type { Duplex } from 'node:stream'

/** Bytes of the first piece of memory. Each further one is twice as large, up to the last figure. */
const FIRST_PIECE = 1024
const LARGEST_PIECE = 64 * 1024
/** Lasting memory of fewer bytes is copied, since a piece of its own would cost as much. */
const LEAST_PIECE = 4 * 1024

/**
 * Frames that wait for a slow peer. What shares its memory with others is copied, and the copies lie side by
 * side: a stream would hold each of them by itself, and with it the whole piece of memory that it lies in.
 */
export class KeptFrames {
  readonly #pieces: Buffer[] = []
  /** Where copies go. */
  #memory: Buffer | undefined
  #start = 0
  #end = 0
  #size = 0

  /** Bytes that wait. */
  get size(): number {
    return this.#size
  }

  /** @param isLasting whether the memory never changes, and holds these frames alone */
  add(frames: Buffer, isLasting: boolean): void {
    this.#size += frames.length
    if (isLasting && frames.length >= LEAST_PIECE) {
      this.#endPiece()
      this.#pieces.push(frames)
      return
    }
    for (let taken = 0; taken < frames.length; ) {
      if (this.#memory === undefined || this.#end === this.#memory.length) this.#grow()
      else {
        const count = frames.copy(this.#memory, this.#end, taken)
        this.#end += count
        taken += count
      }
    }
  }

  /** Hands all of them to the stream, which may read them where they lie. */
  writeTo(stream: Duplex): void {
    this.#endPiece()
    stream.cork()
    for (const piece of this.#pieces) stream.write(piece)
    stream.uncork()
  }

  /** What is copied from now on goes behind what was added between. */
  #endPiece(): void {
    if (this.#memory !== undefined && this.#end > this.#start) {
      this.#pieces.push(this.#memory.subarray(this.#start, this.#end))
    }
    this.#start = this.#end
  }

  #grow(): void {
    this.#endPiece()
    const size = this.#memory === undefined ? FIRST_PIECE : 2 * this.#memory.length
    this.#memory = Buffer.allocUnsafeSlow(Math.min(size, LARGEST_PIECE))
    this.#start = 0
    this.#end = 0
  }
}
