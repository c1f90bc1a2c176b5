import type { Clock } from '../runtime/clock.ts'

/** What one connection may have handled in one turn. */
export interface TurnShare {
  /** Messages, pings and pongs. */
  readonly count: number
  /** Milliseconds that they take. */
  readonly time: number
}

/** Where the engine can stop within what it has read, it costs a connection nothing to wait. */
export const SHORT_SHARE: TurnShare = { count: 256, time: 5 }
/** Where it cannot, what is not handled is copied, and one that sends too much more is ended. */
export const LONG_SHARE: TurnShare = { count: 4_096, time: 20 }

/** How many may pass from one look at the clock to the next. */
const MAX_STRIDE = 32

/** Who shares the turns of the event loop with others. */
export interface TurnTaker {
  readonly turnShare: TurnShare
  /** The next turn is there. Does not throw. */
  turnBegan(): void
}

/**
 * What one connection may take of a turn of the event loop, so that one that sends without end keeps nobody
 * waiting.
 *
 * What comes with one read of a socket comes without anything of others in between. So the budget knows the
 * taker that came last and no other, and nothing is kept for each connection. The first two things that
 * come are free: then somebody alone is at work, and the clock is started. It is looked at seldom, at the
 * pace of what it has shown: at most 32 quick messages pass between two looks, and one that is slow.
 */
export class TurnBudget {
  readonly #clock: Clock
  #taker: TurnTaker | undefined
  #untilLook = 0
  #isTimed = false
  #startedAt = 0
  #taken = 0
  #stride = 0
  #awaitsEnd = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Whether one more thing may be handled for the taker in this turn. */
  take(taker: TurnTaker): boolean {
    if (taker === this.#taker) return --this.#untilLook > 0 || this.#look(taker.turnShare)
    this.#taker = taker
    this.#isTimed = false
    this.#untilLook = 1
    return true
  }

  /** Tells the taker when the next turn is there. */
  awaitNext(taker: Pick<TurnTaker, 'turnBegan'>): void {
    // A callback for each, because promises go on between two of them: a loop session then does its work alone.
    this.#clock.afterTurn(() => {
      this.#taker = undefined
      taker.turnBegan()
    })
  }

  #look({ count, time }: TurnShare): boolean {
    const now = this.#clock.now()
    if (this.#isTimed) {
      this.#taken += this.#stride
    } else {
      this.#isTimed = true
      this.#startedAt = now
      this.#taken = 0
      this.#awaitEnd()
    }
    const spent = now - this.#startedAt
    const isSpent = spent >= time || this.#taken >= count
    this.#stride = isSpent ? 1 : this.#nextStride(time - spent, spent)
    this.#untilLook = this.#stride
    return !isSpent
  }

  /** As many as will fit, if they take as long as those before. */
  #nextStride(left: number, spent: number): number {
    if (this.#taken === 0) return 1
    const fitting = (left * this.#taken) / spent
    return Math.max(1, Math.min(MAX_STRIDE, Math.floor(fitting)))
  }

  #awaitEnd(): void {
    if (this.#awaitsEnd) return
    this.#awaitsEnd = true
    this.#clock.afterTurn(this.#endTurn)
  }

  readonly #endTurn = (): void => {
    this.#awaitsEnd = false
    this.#taker = undefined
  }
}
