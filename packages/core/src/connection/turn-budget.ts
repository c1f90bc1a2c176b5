import type { Clock } from '../runtime/clock.ts'

/** Milliseconds that one connection may take of a turn. */
const SHARE = 5
/**
 * How much of them counts from one look at the clock to the next. The process may have been stopped in between, so
 * a share is spent by several slow looks and not by one.
 */
const MAX_STEP = SHARE / 4
/** How many things of one connection are handled from one look at the clock to the next, if they are quick. */
const STRIDE = 8
/** How many are handled together where promises run later, because their work is not in the time yet. */
export const MAX_TOGETHER = 128

/** A connection, as the budget sees it. */
export interface TurnTaker {
  /** How many messages, pings and pongs may be handled together. */
  readonly maxTogether: number
}

/**
 * What one connection may take of a turn of the event loop, so that a client that sends without end does not keep
 * the others waiting.
 *
 * What one read of a socket brings is handled without anything of others in between. So the budget remembers the
 * connection that came last, and stores nothing in each connection. The first eight things in a row do not even
 * need the clock, and the first sixteen do not need to know when the turn ends.
 */
export class TurnBudget {
  readonly #clock: Clock
  #taker: TurnTaker | undefined
  #stride = STRIDE
  #untilLook = 0
  /** How many were handled before the last look. */
  #handled = 0
  #lookedAt = 0
  /** Milliseconds of the share that are spent. */
  #spent = 0
  #awaitsTurn = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Whether one more message, ping or pong of the connection may be handled in this turn. */
  take(taker: TurnTaker): boolean {
    if (taker === this.#taker) return --this.#untilLook > 0 || this.#look(taker)
    this.#taker = taker
    this.#stride = STRIDE
    this.#untilLook = STRIDE
    this.#handled = 0
    return true
  }

  /** Calls back in the next turn, with a new budget. */
  afterTurn(callback: () => void): void {
    this.#clock.afterTurn(() => {
      this.#taker = undefined
      callback()
    })
  }

  #look({ maxTogether }: TurnTaker): boolean {
    const now = this.#clock.now()
    if (this.#handled === 0) {
      this.#lookedAt = now
      this.#spent = 0
    } else {
      // Not at the first look: an event loop that is woken for this asks the system once more, and most reads
      // bring few messages.
      this.#awaitTurn()
    }
    const step = now - this.#lookedAt
    this.#lookedAt = now
    this.#handled += this.#stride
    this.#spent += Math.min(step, MAX_STEP)
    const isSpent = this.#spent >= SHARE || this.#handled >= maxTogether
    this.#stride = isSpent || step >= 1 ? 1 : STRIDE
    this.#untilLook = this.#stride
    return !isSpent
  }

  /** A connection may come last in this turn and first in the next. */
  #awaitTurn(): void {
    if (this.#awaitsTurn) return
    this.#awaitsTurn = true
    this.#clock.afterTurn(this.#turnEnded)
  }

  readonly #turnEnded = (): void => {
    this.#awaitsTurn = false
    this.#taker = undefined
  }
}
