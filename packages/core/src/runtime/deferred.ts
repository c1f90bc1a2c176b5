type Settle = (value: unknown) => void

const IGNORE = (): void => {}

let latest: Settle = IGNORE

function keep(settle: Settle): void {
  latest = settle
}

/**
 * A promise that is settled from outside. A rejection without a handler is ignored.
 *
 * A loop session makes one for each message that it waits for, so the executor is not a closure.
 */
export class Deferred<Value> {
  readonly promise: Promise<Value>
  readonly #settle: Settle

  constructor() {
    // The executor runs at once, so `latest` is the function of this promise.
    this.promise = new Promise(keep) as Promise<Value>
    this.#settle = latest
  }

  resolve(value: Value): void {
    this.#settle(value)
  }

  reject(error: unknown): void {
    const rejection = Promise.reject(error)
    // Of its own too: when the promise is settled already, nobody else handles it.
    rejection.catch(IGNORE)
    this.promise.catch(IGNORE)
    this.#settle(rejection)
  }
}
