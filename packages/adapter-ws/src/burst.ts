/**
 * Frames that wait for one stream until the end of a turn of the event loop: the last of them, and the burst of
 * those before it.
 */
export type Burst = OwnFrames | SharedFrame

/** Frames of one stream alone, which lie side by side in a slab, and the burst before them. */
export class OwnFrames {
  readonly slab: Buffer
  readonly start: number
  end: number
  readonly before: Burst | undefined
  readonly #sizeBefore: number

  constructor(slab: Buffer, start: number, end: number, before: Burst | undefined) {
    this.slab = slab
    this.start = start
    this.end = end
    this.before = before
    this.#sizeBefore = before?.size ?? 0
  }

  /** Bytes of the whole burst. */
  get size(): number {
    return this.#sizeBefore + this.end - this.start
  }

  /** Whether the same burst may be that of other streams. */
  get isShared(): boolean {
    return false
  }

  /** Copies these frames alone, so that they end there. Returns where they start. */
  copyTo(memory: Buffer, end: number): number {
    const start = end - (this.end - this.start)
    this.slab.copy(memory, start, this.start, this.end)
    return start
  }
}

/**
 * A frame that many streams are sent, and the burst before it. Streams that are sent the same frames in the same
 * order have the same burst, whose frames are put together once.
 */
export class SharedFrame {
  readonly frame: Buffer
  readonly before: Burst | undefined
  /** Bytes of the whole burst. */
  readonly size: number
  /** Whether the same burst may be that of other streams: all frames before are shared, too. */
  readonly isShared: boolean
  /** The burst that was made last by adding a frame to this one. */
  #next: SharedFrame | undefined
  #joined: Buffer | undefined

  constructor(frame: Buffer, before?: Burst) {
    this.frame = frame
    this.before = before
    this.size = (before?.size ?? 0) + frame.length
    this.isShared = before?.isShared ?? true
  }

  /**
   * The burst that has this frame alone behind another burst.
   *
   * @param extended where a burst is added that remembers its next one from now on, until {@link forgetNext}
   */
  behind(before: Burst, extended: SharedFrame[]): SharedFrame {
    if (!(before instanceof SharedFrame)) return new SharedFrame(this.frame, before)
    if (before.#next?.frame !== this.frame) {
      before.#next = new SharedFrame(this.frame, before)
      extended.push(before)
    }
    return before.#next
  }

  /** A message may live long, and must not hold what once came behind it. */
  forgetNext(): void {
    this.#next = undefined
  }

  /** All frames of a burst that is shared. They never change. */
  get joined(): Buffer {
    if (this.before === undefined) return this.frame
    if (this.#joined === undefined) {
      this.#joined = Buffer.allocUnsafeSlow(this.size)
      join(this, this.#joined)
    }
    return this.#joined
  }

  /** Copies this frame alone, so that it ends there. Returns where it starts. */
  copyTo(memory: Buffer, end: number): number {
    const start = end - this.frame.length
    memory.set(this.frame, start)
    return start
  }
}

/** Writes all frames of a burst in order. The memory has its size. */
export function join(burst: Burst, memory: Buffer): void {
  let end = burst.size
  for (let part: Burst | undefined = burst; part !== undefined; part = part.before) {
    end = part.copyTo(memory, end)
  }
}
