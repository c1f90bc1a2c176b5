import type { HttpHost } from '@wirebeat/core/extension'

/**
 * A time limit that is moved often: by each request, in each direction. Its timer is set anew only where it would come too
 * late; where it comes too early it is set for the rest.
 */
export class Deadline {
  readonly #clock: HttpHost['clock']
  readonly #passed: () => void
  /** When it passes. */
  #at = Number.POSITIVE_INFINITY
  /** When the timer comes. */
  #timerAt = Number.POSITIVE_INFINITY
  #cancelTimer = (): void => {}

  constructor(clock: HttpHost['clock'], passed: () => void) {
    this.#clock = clock
    this.#passed = passed
  }

  /** Passes so many milliseconds from now, unless it is moved again. */
  move(milliseconds: number): void {
    const now = this.#clock.now()
    this.#at = now + milliseconds
    if (this.#at < this.#timerAt) this.#setTimer(now)
  }

  clear(): void {
    this.#cancelTimer()
    this.#at = Number.POSITIVE_INFINITY
    this.#timerAt = Number.POSITIVE_INFINITY
  }

  #setTimer(now: number): void {
    this.#cancelTimer()
    this.#timerAt = this.#at
    this.#cancelTimer = this.#clock.schedule(() => this.#look(), this.#at - now)
  }

  #look(): void {
    const now = this.#clock.now()
    // A timer may come a millisecond early.
    if (now + 1 < this.#at) {
      this.#setTimer(now)
      return
    }
    this.clear()
    this.#passed()
  }
}
