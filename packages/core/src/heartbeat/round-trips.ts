/** The times from pings to their answers, in milliseconds. */
export interface RoundTripStats {
  /** The sum of all times. */
  readonly sum: number
  /** The last time. `undefined` before the first answer. */
  readonly last: number | undefined
  /** The shortest time. `undefined` before the first answer. */
  readonly min: number | undefined
  /** The longest time. `undefined` before the first answer. */
  readonly max: number | undefined
  /** A cumulative histogram. A time above the last bound is in no bucket. */
  readonly buckets: readonly RoundTripBucket[]
}

/** One bucket of the histogram. */
export interface RoundTripBucket {
  /** The upper bound in milliseconds, inclusive. */
  readonly upTo: number
  /** How many times were not above the bound. */
  readonly count: number
}

/** In milliseconds: from a client in the same building to one that is close to its timeout. */
const BOUNDS: readonly number[] = [
  1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000,
]

/** The round trips of an endpoint. */
export class RoundTrips {
  /** The count of each bucket, not cumulative. The last entry counts the times above all bounds. */
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
    // There is one entry for each bound, and one more.
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

// Every connection stores when its ping was sent. It is a small integer, which V8 stores without an object:
// the lowest 30 bits of the time in tenths of a millisecond. That is exact for times under 29 hours.

const LOWEST_30_BITS = 0x3fffffff

/** Stands for no moment and for no duration. */
export const NO_TIME = -1

/** @param now milliseconds of the endpoint's clock */
export function momentOf(now: number): number {
  return (now * 10) & LOWEST_30_BITS
}

/** Tenths of a millisecond from one moment to a later one. */
export function tenthsBetween(from: number, to: number): number {
  return (to - from) & LOWEST_30_BITS
}
