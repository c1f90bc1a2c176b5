/** A door before which handshakes wait. */
export class Gate {
  readonly #waiting: (() => void)[] = []

  get waiting(): number {
    return this.#waiting.length
  }

  /** Resolves when the door is opened. */
  pass(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  /** Lets in whoever waits. */
  open(): void {
    for (const enter of this.#waiting.splice(0)) enter()
  }
}
