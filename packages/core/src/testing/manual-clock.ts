import type { Clock } from '../runtime/clock.ts'

interface Timer {
  readonly callback: () => void
  readonly due: number
}

/**
 * A clock that stands still until a test moves it, so that hours of silence pass in a millisecond.
 * Times are in milliseconds.
 */
export class ManualClock implements Clock {
  #now: number
  #timers: Timer[] = []
  #afterArrivals: (() => void)[] = []
  #afterTurn: (() => void)[] = []

  /** @param startsAt the present moment; the clock of an endpoint may start anywhere */
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

  /** Timers that have neither fired nor been cancelled. */
  get pending(): number {
    return this.#timers.length
  }

  /**
   * Time passes, and every timer fires at the very moment when it is due. Nothing is left unread: what
   * waits for that comes at once.
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

  /** Time passes, and no timer fires: the process is busy or suspended. */
  stall(milliseconds: number): void {
    this.#now += milliseconds
  }

  /**
   * Fires the timers that are overdue, late as they are. What arrived meanwhile lies unread until time
   * passes again.
   */
  catchUp(): void {
    const end = this.#now
    for (let timer = this.#next(end); timer !== undefined; timer = this.#next(end)) {
      this.#fire(timer)
    }
  }

  /** The process was suspended: time passes, and all that was due meanwhile fires at the end. */
  jump(milliseconds: number): void {
    this.stall(milliseconds)
    this.catchUp()
  }

  /** What has arrived is read, though no time passes and no timer fires. */
  read(): void {
    for (let call = this.#afterArrivals.shift(); call; call = this.#afterArrivals.shift()) call()
  }

  /** The event loop comes to its next turn, though no time passes. What waits for the one after it goes on waiting. */
  endTurn(): void {
    for (const call of this.#afterTurn.splice(0)) call()
  }

  /** As many turns as there is something to do in. */
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

  /** The timer that is due first; of two at one time, the one that was set first. */
  #next(end: number): Timer | undefined {
    let first: Timer | undefined
    for (const timer of this.#timers) {
      if (timer.due <= end && (first === undefined || timer.due < first.due)) first = timer
    }
    return first
  }
}
