import type { Clock } from '../runtime/clock.ts'

/**
 * Refused clients that have not hung up. Each gets `timeout` to read its answer. When one more than `max` would
 * linger, the one that has had the most time is disconnected.
 */
export class Lingering {
  readonly #clock: Clock
  readonly #timeout: number
  readonly #max: number
  /** Disconnects a client. The longest refused comes first. */
  readonly #clients = new Set<() => void>()

  constructor(clock: Clock, timeout: number, max: number) {
    this.#clock = clock
    this.#timeout = timeout
    this.#max = max
  }

  get count(): number {
    return this.#clients.size
  }

  /**
   * @param disconnect called at most once
   * @returns what to call when the client has hung up
   */
  add(disconnect: () => void): () => void {
    if (this.#clients.size >= this.#max) this.#disconnectLongest()
    const hungUp = (): void => {
      cancelTimeout()
      this.#clients.delete(giveUp)
    }
    const giveUp = (): void => {
      hungUp()
      disconnect()
    }
    const cancelTimeout = this.#clock.schedule(giveUp, this.#timeout)
    this.#clients.add(giveUp)
    return hungUp
  }

  #disconnectLongest(): void {
    const [longest] = this.#clients
    longest?.()
  }
}
