import type { Cancellation } from '../runtime/cancellation.ts'
import { Deferred } from '../runtime/deferred.ts'
import type { Refusal } from './refusal.ts'
import type { PendingOutcome, SettledOutcome } from './servable-endpoint.ts'

/** What the endpoint does as a pending handshake goes on. */
interface PendingHandshakeOwner<Context> {
  /** It is pending no more; one of the next three follows. */
  over(): void
  settle(answer: Context | Refusal): SettledOutcome
  fail(error: unknown): SettledOutcome
  abandoned(): void
  /** `authorize` failed when nobody waited for it any more, and cannot have known. */
  failedLate(error: unknown): void
}

/**
 * A request about which `authorize` takes its time. What comes first ends the wait: its answer, its
 * error, a refusal by the endpoint or the end of the client. What comes later has no effect.
 */
export class PendingHandshake<Context> implements PendingOutcome {
  readonly action = 'wait'
  readonly #outcome = new Deferred<SettledOutcome>()
  readonly #cancellation: Cancellation
  readonly #owner: PendingHandshakeOwner<Context>
  #isOver = false

  constructor(
    answer: PromiseLike<Context | Refusal>,
    cancellation: Cancellation,
    owner: PendingHandshakeOwner<Context>,
  ) {
    this.#cancellation = cancellation
    this.#owner = owner
    Promise.resolve(answer).then(
      (value) => this.#answered(value),
      (error) => this.#failed(error),
    )
  }

  get outcome(): Promise<SettledOutcome> {
    return this.#outcome.promise
  }

  /** Stops waiting, and refuses the request. */
  refuse(refusal: Refusal): void {
    if (!this.#end()) return
    this.#outcome.resolve(this.#owner.settle(refusal))
    this.#cancellation.cancel()
  }

  abandon(): void {
    if (!this.#end()) return
    this.#owner.abandoned()
    this.#cancellation.cancel()
  }

  #answered(answer: Context | Refusal): void {
    if (this.#end()) this.#outcome.resolve(this.#owner.settle(answer))
  }

  #failed(error: unknown): void {
    if (this.#end()) this.#outcome.resolve(this.#owner.fail(error))
    // Who has the signal was told to stop, and a rejection is the usual way to do so.
    else if (!this.#cancellation.isWatched) this.#owner.failedLate(error)
  }

  #end(): boolean {
    if (this.#isOver) return false
    this.#isOver = true
    this.#owner.over()
    return true
  }
}
