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
  /**
   * Calls `callback` once, after all that had arrived at the process when this was called has been read,
   * and not before this returns. A busy process can be seconds behind.
   */
  afterArrivals(callback: () => void): void
  /**
   * Calls `callback` once, in the next turn of the event loop, and not before this returns: whatever else has
   * arrived is read in between.
   */
  afterTurn(callback: () => void): void
}

/** The longest time that a timer of JavaScript can wait, in milliseconds. */
export const MAX_TIMER: number = 2 ** 31 - 1

// The web standards that every runtime has. Core is compiled without the types of any runtime,
// so that nothing of one can slip in; what it uses is named here.
declare const performance: { now(): number }
declare function setTimeout(callback: () => void, delay: number): object | number
declare function clearTimeout(timer: object | number): void
// Not a standard, but in every runtime that has servers.
declare const setImmediate: (callback: () => void) => unknown
declare const MessageChannel: {
  new (): { readonly port1: MessagePort; readonly port2: MessagePort }
}
interface MessagePort {
  onmessage: (() => void) | null
  postMessage(message: undefined): void
  close(): void
}

/** The clock of the running process: `performance.now()`, `setTimeout()` and `MessageChannel`. */
export const systemClock: Clock = {
  now: () => performance.now(),
  schedule(callback, delay) {
    const timer = setTimeout(callback, delay)
    return () => clearTimeout(timer)
  },
  afterArrivals(callback) {
    // A message of this kind comes at once, with an earlier one that the loop has been told of already. The
    // next comes at the place that the first has kept, which is before all that arrived since. Only the third
    // comes behind it.
    pass(() => pass(() => pass(callback)))
  },
  afterTurn(callback) {
    setImmediate(callback)
  },
}

/** A message to oneself comes in the order of its arrival among those of the network. */
function pass(callback: () => void): void {
  const { port1, port2 } = new MessageChannel()
  port1.onmessage = () => {
    port1.close()
    callback()
  }
  port2.postMessage(undefined)
}
