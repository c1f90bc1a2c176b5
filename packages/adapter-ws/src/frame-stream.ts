import type { Duplex } from 'node:stream'
import type { Burst } from './burst.ts'
import { KeptFrames } from './kept-frames.ts'

const NOTHING = new Uint8Array(0)

/**
 * The stream of one connection, and the frames that wait until it takes them. A transport is one, and does not have
 * one, because each object of a connection takes memory while it is idle.
 */
export abstract class FrameStream<Stream extends Duplex = Duplex> {
  readonly stream: Stream
  /** Bytes of frames that the stream was not given yet. */
  waiting = 0
  /** The frames that leave at the end of this turn. The batch adds to them. */
  burst: Burst | undefined
  /** Whether the batch has this stream in its list. */
  isListed = false
  /**
   * Whether the stream may hold something of what it was given. Where it holds nothing it need not be asked, which
   * would fetch the memory of several objects for each message.
   */
  mayHold = true
  #kept: KeptFrames | undefined
  #isAwaited = false

  constructor(stream: Stream) {
    this.stream = stream
  }

  /** The stream has taken all that it was given. */
  protected abstract taken(): void

  /** Whether the stream has not taken yet what it was given before. */
  get isBackedUp(): boolean {
    return this.stream.writableLength > 0 || this.#kept !== undefined
  }

  /**
   * Gives the stream frames, or keeps them until it has taken what it was given before. Does nothing for a
   * stream that was destroyed; its connection is told by ws.
   *
   * @param isLasting whether the memory never changes. Of other memory a copy is kept.
   * @returns whether the stream goes on reading the memory.
   */
  write(frames: Buffer, isLasting: boolean): boolean {
    if (!this.stream.writable) return false
    if (!this.isBackedUp) {
      this.stream.write(frames)
      const isHeld = this.stream.writableLength > 0
      if (isHeld) this.mayHold = true
      return isHeld
    }
    this.#kept ??= new KeptFrames()
    this.#kept.add(frames, isLasting)
    this.waiting += frames.length
    this.awaitTaken()
    return false
  }

  /** Gives the stream all that is kept, so that others can write behind it. */
  releaseKept(): void {
    this.mayHold = true
    const kept = this.#kept
    if (kept === undefined) return
    this.#kept = undefined
    this.waiting -= kept.size
    if (this.stream.writable) kept.writeTo(this.stream)
  }

  /**
   * Has {@link taken} called when nothing waits any more. The stream's own `drain` comes only where its mark was
   * passed, which a server may set higher.
   */
  awaitTaken(): void {
    if (this.#isAwaited || !this.stream.writable) return
    this.#isAwaited = true
    this.stream.write(NOTHING, (error) => {
      this.#isAwaited = false
      // After an error the connection ends, and its owner is told of that.
      if (!error) this.#goOn()
    })
  }

  #goOn(): void {
    if (this.stream.writableLength === 0) this.releaseKept()
    if (this.stream.writableLength > 0) this.awaitTaken()
    else this.taken()
  }
}
