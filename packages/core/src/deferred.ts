const IGNORE = (): void => {}

/** A promise that is settled from outside. Nobody needs to be waiting when it rejects. */
export class Deferred<Value> {
  readonly promise: Promise<Value>
  #resolve: (value: Value) => void = IGNORE
  #reject: (error: unknown) => void = IGNORE

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  resolve(value: Value): void {
    this.#resolve(value)
  }

  reject(error: unknown): void {
    // Only now, since it makes another promise, and most are never rejected.
    this.promise.catch(IGNORE)
    this.#reject(error)
  }
}
