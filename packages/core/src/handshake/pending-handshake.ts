import type { Cancellation } from '../runtime/cancellation.ts'
import { Deferred } from '../runtime/deferred.ts'
import { isRefusal, type Refusal } from './refusal.ts'

/** What becomes of a handshake while `authorize` decides, and whom it is told. */
interface PendingHandshakeOwner<Decision, Settled> {
  /** It is pending no more; one of the next three follows. */
  over(): void
  settle(decision: Decision | Refusal): Settled
  fail(error: unknown): Settled
  abandoned(): void
  /** `authorize` failed when nobody waited for it any more, and cannot have known. */
  failedLate(error: unknown): void
}

/**
 * A request about which `authorize` takes its time. What comes first ends the wait: its answer, its
 * error, a refusal by the endpoint or the end of the client. What comes later has no effect.
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

  /** Never rejects, and is never settled once the request was abandoned. */
  get outcome(): Promise<Settled> {
    return this.#outcome.promise
  }

  /** Stops waiting, and refuses the request. */
  refuse(refusal: Refusal): void {
    if (!this.#end()) return
    this.#outcome.resolve(this.#owner.settle(refusal))
    this.#cancellation.cancel()
  }

  /** The client has gone away, and cannot be answered. Without effect once the outcome is there. */
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
    // Who has the signal was told to stop, and a rejection is the usual way to do so.
    else if (!this.#cancellation.isWatched && !isRefusal(error)) this.#owner.failedLate(error)
  }

  #end(): boolean {
    if (this.#isOver) return false
    this.#isOver = true
    this.#owner.over()
    return true
  }
}
