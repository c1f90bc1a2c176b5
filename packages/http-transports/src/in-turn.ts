/** How many requests of one connection may wait for the one that is being done. Clients send one after the other. */
const MOST_WAITING = 15

export const TOO_MANY_WAIT =
  'This connection has too many requests that wait. Send one after the other.'

/** Has the requests of one connection done one after the other. */
export class InTurn {
  /** Those that wait for the one that is being done. */
  readonly #waiting: (() => void)[] = []
  #isBusy = false

  /** Whether nothing is done, and nothing waits. */
  get isIdle(): boolean {
    return !this.#isBusy
  }

  /**
   * Asks for a turn, which ends with `leave`.
   *
   * @returns what to await where another one has the turn; `'full'` for none at all, because too many wait already.
   */
  enter(): Promise<void> | 'full' | undefined {
    if (!this.#isBusy) {
      this.#isBusy = true
      return undefined
    }
    if (this.#waiting.length >= MOST_WAITING) return 'full'
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  /** Hands the turn over, so that none can come between. */
  leave(): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#isBusy = false
    else next()
  }
}
