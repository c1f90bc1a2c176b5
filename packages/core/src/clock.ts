/**
 * Where core takes its time from. Core has no timer of its own: an endpoint is handed a clock, so
 * that a test can drive hours of silence in a millisecond.
 */
export interface Clock {
  /** Milliseconds since any fixed moment. Monotonic: it never goes back, whatever the wall clock does. */
  now(): number
  /**
   * Calls `callback` once, about `delay` milliseconds from now. It may be a millisecond early: who needs
   * to be exact asks `now()`.
   *
   * @returns a function that cancels the call, and does nothing once it was made.
   */
  schedule(callback: () => void, delay: number): () => void
}

// The two web standards that every runtime has. Core is compiled without the types of any runtime,
// so that nothing of one can slip in; what it uses is named here.
declare const performance: { now(): number }
declare function setTimeout(callback: () => void, delay: number): object | number
declare function clearTimeout(timer: object | number): void

/** The clock of the running process: `performance.now()` and `setTimeout()`. */
export const systemClock: Clock = {
  now: () => performance.now(),
  schedule(callback, delay) {
    const timer = setTimeout(callback, delay)
    return () => clearTimeout(timer)
  },
}
