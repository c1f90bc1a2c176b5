import type { Clock } from '../runtime/clock.ts'

interface Timer {
  readonly callback: () => void
  readonly due: number
}

/**
 * A clock that a test moves, so that hours of silence pass in a millisecond. Give it to an endpoint as `clock`.
 * Times are in milliseconds.
 */
export class ManualClock implements Clock {
  #now: number
  #timers: Timer[] = []
  #afterArrivals: (() => void)[] = []
  #afterTurn: (() => void)[] = []

  /** @param startsAt the time at the start, in milliseconds. Default: 1,000. */
  constructor(startsAt = 1_000) {
    this.#now = startsAt
  }

  now(): number {
    return this.#now
  }

  schedule(callback: () => void, delay: number): () => void {
    const timer = { callback, due: this.#now + delay }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer)
    }
  }

  afterArrivals(callback: () => void): void {
    this.#afterArrivals.push(callback)
  }

  afterTurn(callback: () => void): void {
    this.#afterTurn.push(callback)
  }

  /** The number of timers that have neither fired nor been cancelled. */
  get pending(): number {
    return this.#timers.length
  }

  /**
   * Lets time pass. Every timer fires exactly when it is due, and calls that wait for `afterArrivals` or
   * `afterTurn` are made at once.
   */
  advance(milliseconds: number): void {
    const end = this.#now + milliseconds
    this.#settle()
    for (let timer = this.#next(end); timer !== undefined; timer = this.#next(end)) {
      this.#fire(timer)
      this.#settle()
    }
    this.#now = end
  }

  /** Lets time pass without firing a timer, as in a busy or suspended process. */
  stall(milliseconds: number): void {
    this.#now += milliseconds
  }

  /**
   * Fires the timers that are overdue after {@link stall}. Calls that wait for `afterArrivals` wait until
   * {@link read} or {@link advance}.
   */
  catchUp(): void {
    const end = this.#now
    for (let timer = this.#next(end); timer !== undefined; timer = this.#next(end)) {
      this.#fire(timer)
    }
  }

  /** Lets time pass at once, as in a suspended process: all timers that are due fire at the end. */
  jump(milliseconds: number): void {
    this.stall(milliseconds)
    this.catchUp()
  }

  /** Makes the calls that wait for `afterArrivals`. No time passes and no timer fires. */
  read(): void {
    for (let call = this.#afterArrivals.shift(); call; call = this.#afterArrivals.shift()) call()
  }

  /** Makes the calls that wait for `afterTurn`, as at the next turn of the event loop. No time passes. */
  endTurn(): void {
    for (const call of this.#afterTurn.splice(0)) call()
  }

  /** As many turns of the event loop as there are calls for. */
  #settle(): void {
    this.read()
    while (this.#afterTurn.length > 0) {
      this.endTurn()
      this.read()
    }
  }

  #fire(timer: Timer): void {
    this.#timers.splice(this.#timers.indexOf(timer), 1)
    this.#now = Math.max(this.#now, timer.due)
    timer.callback()
  }

  /** The timer that is due first. Of timers for the same time, the one that was set first. */
  #next(end: number): Timer | undefined {
    let first: Timer | undefined
    for (const timer of this.#timers) {
      if (timer.due <= end && (first === undefined || timer.due < first.due)) first = timer
    }
    return first
  }
}
