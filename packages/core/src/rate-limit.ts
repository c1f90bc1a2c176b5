/**
 * A token bucket: `rate` messages a second on average, as many in one burst, and never less than
 * one. It starts full.
 */
export class RateLimit {
  readonly #rate: number
  readonly #capacity: number
  #tokens: number
  #filledAt: number

  /**
   * @param rate messages a second
   * @param now milliseconds of the endpoint's clock
   */
  constructor(rate: number, now: number) {
    this.#rate = rate
    this.#capacity = Math.max(1, rate)
    this.#tokens = this.#capacity
    this.#filledAt = now
  }

  /** Takes one token, or returns `false` when there is none. */
  take(now: number): boolean {
    const earned = ((now - this.#filledAt) * this.#rate) / 1000
    this.#tokens = Math.min(this.#capacity, this.#tokens + earned)
    this.#filledAt = now
    if (this.#tokens < 1) return false
    this.#tokens--
    return true
  }
}
