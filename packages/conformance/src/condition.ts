/** Milliseconds that a wait of the kit lasts at most, where a case names no other bound. */
export const DEFAULT_BOUND = 5_000

/** Waits, each with a bound, for something that several events may bring about. */
export class Condition {
  readonly #waiting = new Set<() => void>()

  /** Something changed: every wait looks again. */
  notify(): void {
    for (const look of [...this.#waiting]) look()
  }

  /**
   * Waits until `look` finds a value.
   *
   * @param look called at once and after each change; what it throws ends the wait
   * @param describe tells, when the bound has passed, what was waited for and what had arrived
   */
  until<T>(
    look: () => T | undefined,
    describe: () => string,
    bound: number = DEFAULT_BOUND,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      const attempt = (): boolean => {
        try {
          const found = look()
          if (found === undefined) return false
          resolve(found)
        } catch (error) {
          reject(error)
        }
        return true
      }
      if (attempt()) return

      const settle = (): void => {
        clearTimeout(timer)
        this.#waiting.delete(again)
      }
      const again = (): void => {
        if (attempt()) settle()
      }
      const timer = setTimeout(() => {
        settle()
        reject(new Error(`after ${bound} ms still waiting for ${describe()}`))
      }, bound)
      this.#waiting.add(again)
    })
  }
}
