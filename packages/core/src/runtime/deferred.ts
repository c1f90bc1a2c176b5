type Settle = (value: unknown) => void

const IGNORE = (): void => {}

let latest: Settle = IGNORE

function keep(settle: Settle): void {
  latest = settle
}

/**
 * A promise that is settled from outside. Nobody needs to be waiting when it rejects.
 *
 * A loop session that waits for its next message makes one for each, so its executor is no closure.
 */
export class Deferred<Value> {
  readonly promise: Promise<Value>
  readonly #settle: Settle

  constructor() {
    // Nobody else settles it.
    this.promise = new Promise(keep) as Promise<Value>
    this.#settle = latest
  }

  resolve(value: Value): void {
    this.#settle(value)
  }

  reject(error: unknown): void {
    this.promise.catch(IGNORE)
    this.#settle(Promise.reject(error))
  }
}
