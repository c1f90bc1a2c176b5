/** A door before which handshakes wait. */
export class Gate {
  #waiting: (() => void)[] = []

  get waiting(): number {
    return this.#waiting.length
  }

  /** Resolves when the door is opened. */
  pass(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  /** Lets in whoever waits, and says how many that were. */
  open(): number {
    const waiting = this.#waiting
    this.#waiting = []
    for (const enter of waiting) enter()
    return waiting.length
  }
}
