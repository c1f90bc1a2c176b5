import type { Cancellation } from '../runtime/cancellation.ts'
import { Deferred } from '../runtime/deferred.ts'
import { isRefusal, type Refusal } from './refusal.ts'

/** Is told how the wait for `authorize` ends. */
interface PendingHandshakeOwner<Decision, Settled> {
  /** The wait is over. One of the next three calls follows. */
  over(): void
  settle(decision: Decision | Refusal): Settled
  fail(error: unknown): Settled
  abandoned(): void
  /** `authorize` failed after the wait was over, and it had not asked for the signal. */
  failedLate(error: unknown): void
}

/**
 * A request that waits for an asynchronous `authorize`. The first of these ends the wait: the answer, an
 * error, a refusal by the endpoint, or the end of the client. Later ones have no effect.
 */
export class PendingHandshake<Decision, Settled> {
  readonly action = 'wait'
  readonly #outcome = new Deferred<Settled>()
  readonly #cancellation: Cancellation
  readonly #owner: PendingHandshakeOwner<Decision, Settled>
  #isOver = false

  constructor(
    decision: PromiseLike<Decision>,
    cancellation: Cancellation,
    owner: PendingHandshakeOwner<Decision, Settled>,
  ) {
    this.#cancellation = cancellation
    this.#owner = owner
    Promise.resolve(decision).then(
      (value) => this.#answered(value),
      (error) => this.#failed(error),
    )
  }

  /** Never rejects. Stays pending when the request was abandoned. */
  get outcome(): Promise<Settled> {
    return this.#outcome.promise
  }

  /** Stops waiting, and refuses the request. */
  refuse(refusal: Refusal): void {
    if (!this.#end()) return
    this.#outcome.resolve(this.#owner.settle(refusal))
    this.#cancellation.cancel()
  }

  /** To be called when the client has gone away. Has no effect after the outcome. */
  abandon(): void {
    if (!this.#end()) return
    this.#owner.abandoned()
    this.#cancellation.cancel()
  }

  #answered(decision: Decision): void {
    if (this.#end()) this.#outcome.resolve(this.#owner.settle(decision))
  }

  #failed(error: unknown): void {
    if (this.#end()) this.#outcome.resolve(this.#owner.fail(error))
    // A function that has the signal was told to stop, and usually rejects then.
    else if (!this.#cancellation.isWatched && !isRefusal(error)) this.#owner.failedLate(error)
  }

  #end(): boolean {
    if (this.#isOver) return false
    this.#isOver = true
    this.#owner.over()
    return true
  }
}
