/** How many requests of one connection may wait for the one that is being done. Clients send one after the other. */
const MOST_WAITING = 15

export const TOO_MANY_WAIT =
  'This connection has too many requests that wait. Send one after the other.'

/** Does what the requests of one connection ask for, one after the other. */
export class InTurn {
  /** Those that wait for the one that is being done. */
  #waiting: (() => void)[] = []
  #isBusy = false

  /** Whether nothing is done, and nothing waits. */
  get isIdle(): boolean {
    return !this.#isBusy
  }

  /** @returns `undefined` when too many wait already. An error is that of this task alone. */
  run(task: () => Promise<void>): Promise<void> | undefined {
    return this.#waiting.length < MOST_WAITING ? this.#run(task) : undefined
  }

  async #run(task: () => Promise<void>): Promise<void> {
    // The one before hands its turn over, so that none can come between.
    if (this.#isBusy) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    this.#isBusy = true
    try {
      await task()
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#isBusy = false
      else next()
    }
  }
}
