import type { Duplex } from 'node:stream'
import { KeptFrames } from './kept-frames.ts'

/** Who wants to know when nothing waits any more. */
export interface FrameStreamOwner {
  /** The stream has taken all that it was given. */
  taken(): void
}

const NOTHING = new Uint8Array(0)

/** The stream of one connection, and the frames that wait until it takes them. */
export class FrameStream<Stream extends Duplex = Duplex> {
  readonly stream: Stream
  /** Bytes of frames that the stream was not given yet. The batch counts them. */
  waiting = 0
  readonly #owner: FrameStreamOwner
  #kept: KeptFrames | undefined
  #isAwaited = false

  constructor(stream: Stream, owner: FrameStreamOwner) {
    this.stream = stream
    this.#owner = owner
  }

  /** Whether the stream has not taken yet what it was given before. */
  get isBackedUp(): boolean {
    return this.stream.writableLength > 0 || this.#kept !== undefined
  }

  /** Keeps a copy of frames until the stream has taken what it was given before. */
  keep(frames: Buffer): void {
    this.#kept ??= new KeptFrames()
    this.#kept.add(frames)
    this.awaitTaken()
  }

  /** Gives the stream all that is kept, so that others can write behind it. */
  release(): void {
    const kept = this.#kept
    if (kept === undefined) return
    this.#kept = undefined
    this.waiting -= kept.size
    if (this.stream.writable) kept.writeTo(this.stream)
  }

  /**
   * Has the owner told when nothing waits any more. The stream's own `drain` comes only where its mark was
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
    if (this.stream.writableLength === 0) this.release()
    if (this.stream.writableLength > 0) this.awaitTaken()
    else this.#owner.taken()
  }
}
