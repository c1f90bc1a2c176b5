import type { Clock } from '../runtime/clock.ts'
import { Deferred } from '../runtime/deferred.ts'

/** Whether an endpoint was closed, and how long its deadline is away. */
export class Closing {
  readonly #clock: Clock
  readonly #deadline = new Deferred<number>()
  #hasBegun = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get hasBegun(): boolean {
    return this.#hasBegun
  }

  /** Resolves when the endpoint is closed, with the milliseconds that are left until the deadline. */
  get timeLeft(): Promise<number> {
    return this.#deadline.promise.then((deadline) => Math.max(0, deadline - this.#clock.now()))
  }

  /** @param deadline milliseconds from now */
  begin(deadline: number): void {
    this.#hasBegun = true
    this.#deadline.resolve(this.#clock.now() + deadline)
  }
}
