/** How many requests of one connection may wait for the one before. Clients send one after the other. */
const MOST_WAITING = 16

export const TOO_MANY_WAIT =
  'This connection has too many requests that wait. Send one after the other.'

/** Does what the requests of one connection ask for, one after the other. */
export class InTurn {
  #last: Promise<void> = Promise.resolve()
  #waiting = 0

  /** Whether nothing is done, and nothing waits. */
  get isIdle(): boolean {
    return this.#waiting === 0
  }

  /** @returns `undefined` when too many wait already. */
  run(task: () => Promise<void>): Promise<void> | undefined {
    if (this.#waiting >= MOST_WAITING) return undefined
    this.#waiting++
    const begun = this.#waiting === 1 ? task() : this.#last.then(task)
    const done = begun.finally(() => {
      this.#waiting--
    })
    // An error is that of this request alone.
    this.#last = done.catch(() => {})
    return done
  }
}
