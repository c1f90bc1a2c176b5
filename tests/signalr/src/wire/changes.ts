/** Lets others wait until something has become so. */
export class Changes {
  readonly #waiting = new Set<() => void>()

  /** Resolves when it is so, or after so many milliseconds. */
  until(isSo: () => boolean, ms: number): Promise<void> {
    if (isSo()) return Promise.resolve()
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer)
        this.#waiting.delete(look)
        resolve()
      }
      const look = () => {
        if (isSo()) done()
      }
      const timer = setTimeout(done, ms)
      this.#waiting.add(look)
    })
  }

  /** Something has changed. */
  tell(): void {
    for (const look of [...this.#waiting]) look()
  }
}
