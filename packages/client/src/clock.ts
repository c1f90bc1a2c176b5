/** The source of time of a socket, so that a test can control it. */
export interface Clock {
  /** The time in milliseconds since any fixed moment. Monotonic: it never goes back. */
  now(): number
  /**
   * Calls `callback` once, after about `delay` milliseconds.
   *
   * @returns a function that cancels the call. It does nothing after the call.
   */
  schedule(callback: () => void, delay: number): () => void
}

// Web standards that every runtime has. The client is compiled without the types of any platform, so that it
// cannot use anything else by mistake. Each file declares what it uses.
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
