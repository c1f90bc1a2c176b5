/**
 * The source of time of an endpoint. Core has no timers of its own, so that a test can let hours of silence
 * pass in a millisecond; see `ManualClock` of `@wirebeat/core/testing`.
 */
export interface Clock {
  /** The time in milliseconds since any fixed moment. Monotonic: it never goes back. */
  now(): number
  /**
   * Calls `callback` once, after about `delay` milliseconds. The call may be a millisecond early.
   *
   * @returns a function that cancels the call. It does nothing after the call.
   */
  schedule(callback: () => void, delay: number): () => void
  /**
   * Calls `callback` once, after everything was read that had arrived at the process before. Never calls it
   * before this method returns. In a busy process it can take seconds.
   */
  afterArrivals(callback: () => void): void
  /**
   * Calls `callback` once, in the next turn of the event loop: other sockets may be read before. Never calls it
   * before this method returns.
   */
  afterTurn(callback: () => void): void
}

/** The longest delay of a timer in JavaScript, in milliseconds. */
export const MAX_TIMER: number = 2 ** 31 - 1

// Web standards that every runtime has. Core is compiled without the types of any runtime, so that it cannot
// use anything else by mistake. Each file declares what it uses.
declare const performance: { now(): number }
declare function setTimeout(callback: () => void, delay: number): object | number
declare function clearTimeout(timer: object | number): void
declare const MessageChannel: {
  new (): { readonly port1: MessagePort; readonly port2: MessagePort }
}
interface MessagePort {
  onmessage: (() => void) | null
  postMessage(message: undefined): void
  close(): void
}

// As they are when this module is loaded. A test of the application may put fake ones into their place for a
// while, and what waits for a fake one when it is taken away again waits for ever.
const now = performance.now.bind(performance)
const start = setTimeout
const stop = clearTimeout
const Channel = MessageChannel
// No standard, but every runtime for servers has it. Pages of a test in jsdom have not.
const { setImmediate: nextTurn = (callback: () => void) => start(callback, 0) } = globalThis as {
  readonly setImmediate?: (callback: () => void) => unknown
}

/**
 * The clock of the running process: `performance.now()`, `setTimeout()`, `setImmediate()` and
 * `MessageChannel`.
 */
export const systemClock: Clock = {
  now,
  schedule(callback, delay) {
    const timer = start(callback, delay)
    return () => stop(timer)
  },
  afterArrivals(callback) {
    // A message of this kind comes at once, with an earlier one that the loop has been told of already. The
    // next comes at the place that the first has kept, which is before all that arrived since. Only the third
    // comes behind it.
    pass(() => pass(() => pass(callback)))
  },
  afterTurn(callback) {
    nextTurn(callback)
  },
}

/** Calls back through a message port, whose messages are delivered in order with those of the network. */
function pass(callback: () => void): void {
  const { port1, port2 } = new Channel()
  port1.onmessage = () => {
    port1.close()
    callback()
  }
  port2.postMessage(undefined)
}
