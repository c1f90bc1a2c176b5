/** How long the answers to pings took, in milliseconds. */
export interface RoundTripStats {
  /** Of all answers together. */
  readonly sum: number
  /** `undefined` while no answer has come, as the next two. */
  readonly last: number | undefined
  readonly min: number | undefined
  readonly max: number | undefined
  /** By time; each holds those before it as well, and what took longer than the last is in none. */
  readonly buckets: readonly RoundTripBucket[]
}

export interface RoundTripBucket {
  /** Milliseconds. */
  readonly upTo: number
  /** How many took as long as that or less. */
  readonly count: number
}

/** In milliseconds: from a client in the same building to one that is about to be given up. */
const BOUNDS: readonly number[] = [
  1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000,
]

/** The round trips of an endpoint. */
export class RoundTrips {
  /** How many ended in each bucket, and, behind the last, in none. */
  readonly #counts: number[] = Array.from({ length: BOUNDS.length + 1 }, () => 0)
  #count = 0
  #sum = 0
  #last = 0
  #min = Number.POSITIVE_INFINITY
  #max = 0

  get count(): number {
    return this.#count
  }

  add(milliseconds: number): void {
    let index = 0
    for (const bound of BOUNDS) {
      if (milliseconds <= bound) break
      index++
    }
    // There is one for each bound, and one more.
    this.#counts[index] = (this.#counts[index] as number) + 1
    this.#count++
    this.#sum += milliseconds
    this.#last = milliseconds
    if (milliseconds < this.#min) this.#min = milliseconds
    if (milliseconds > this.#max) this.#max = milliseconds
  }

  snapshot(): RoundTripStats {
    const isEmpty = this.#count === 0
    let count = 0
    return {
      sum: this.#sum,
      last: isEmpty ? undefined : this.#last,
      min: isEmpty ? undefined : this.#min,
      max: isEmpty ? undefined : this.#max,
      buckets: BOUNDS.map((upTo, index) => {
        count += this.#counts[index] ?? 0
        return { upTo, count }
      }),
    }
  }
}

// When a ping was sent is kept by every connection, so it is a small integer, which the engine stores
// without an object of its own: tenths of milliseconds, and only the lowest 30 bits of them. That is
// exact for whatever takes less than 29 hours.

const LOWEST_30_BITS = 0x3fffffff

/** In place of a moment or a duration. */
export const NO_TIME = -1

/** @param now milliseconds of the endpoint's clock */
export function momentOf(now: number): number {
  return (now * 10) & LOWEST_30_BITS
}

/** Tenths of a millisecond from one moment to a later one. */
export function tenthsBetween(from: number, to: number): number {
  return (to - from) & LOWEST_30_BITS
}
