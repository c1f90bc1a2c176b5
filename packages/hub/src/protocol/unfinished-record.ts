const NOTHING = new Uint8Array()

/** What has arrived of a record whose end has not. The memory grows with it, and is given up with its end. */
export class UnfinishedRecord {
  #memory: Uint8Array | undefined
  #size = 0

  get size(): number {
    return this.#size
  }

  /** All that was added. */
  get bytes(): Uint8Array {
    return this.#memory?.subarray(0, this.#size) ?? NOTHING
  }

  /** Adds a copy. */
  append(bytes: Uint8Array): void {
    const size = this.#size + bytes.length
    if (this.#memory === undefined || this.#memory.length < size) this.#grow(size)
    this.#memory?.set(bytes, this.#size)
    this.#size = size
  }

  /** Gives up all that was added. */
  take(): Uint8Array {
    const whole = this.bytes
    this.#memory = undefined
    this.#size = 0
    return whole
  }

  /** Twice as much each time, so that a record that comes byte by byte is not copied for each of them. */
  #grow(size: number): void {
    const memory = new Uint8Array(Math.max(size, 2 * this.#size))
    if (this.#memory !== undefined) memory.set(this.#memory.subarray(0, this.#size))
    this.#memory = memory
  }
}
