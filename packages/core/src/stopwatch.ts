// When a ping was sent is kept by every connection, so it is a small integer, which the engine stores
// without an object of its own: tenths of milliseconds, and only the lowest 30 bits of them. That is
// exact for whatever takes less than 29 hours.

const TENTHS = 0x3fffffff

/** In place of a moment or a duration. */
export const NO_TIME = -1

/** @param now milliseconds of the endpoint's clock */
export function momentOf(now: number): number {
  return (now * 10) & TENTHS
}

/** Tenths of a millisecond from one moment to a later one. */
export function tenthsBetween(from: number, to: number): number {
  return (to - from) & TENTHS
}
