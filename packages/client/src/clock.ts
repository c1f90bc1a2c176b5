/** Where the client takes its time from, so that a test can drive it. */
export interface Clock {
  /** Milliseconds since any fixed moment. Monotonic: it never goes back, whatever the wall clock does. */
  now(): number
  /**
   * Calls `callback` once, about `delay` milliseconds from now.
   *
   * @returns a function that cancels the call, and does nothing once it was made.
   */
  schedule(callback: () => void, delay: number): () => void
}

// Web standards that every runtime has. The client is compiled without the types of any platform, so
// that nothing of a single one can slip in; what a file uses of the platform is named in it.
declare const performance: { now(): number }
declare function setTimeout(callback: () => void, delay: number): object | number
declare function clearTimeout(timer: object | number): void

/** The clock of the page or process: `performance.now()` and `setTimeout()`. */
export const systemClock: Clock = {
  now: () => performance.now(),
  schedule(callback, delay) {
    const timer = setTimeout(callback, delay)
    return () => clearTimeout(timer)
  },
}
