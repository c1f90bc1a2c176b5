import type { CloseCause, CloseEvent } from '../connection/close.ts'
import type { Clock } from '../runtime/clock.ts'
import { Deferred } from '../runtime/deferred.ts'

/** How the connections ended that were open when their endpoint was closed. */
export interface CloseReport {
  /** Connections that were open when the closing began. */
  readonly total: number
  /** How many of them ended with a close frame from both sides. */
  readonly clean: number
  /** How many of them were still there at the deadline, and were terminated. */
  readonly terminated: number
  /** How many of them ended by each cause. */
  readonly causes: Readonly<Partial<Record<CloseCause, number>>>
}

/** How far a drain has come. It is over when nothing remains; the rest is the report then. */
export interface DrainProgress extends CloseReport {
  /** Connections that have not ended yet. */
  readonly remaining: number
}

/** What a drain asks of a connection. */
interface Leaving {
  fail(cause: 'shutdown', reason: string): void
  terminate(): void
}

/** Sends everybody away, waits until the deadline, and counts. */
export class Drain {
  readonly #report = new Deferred<CloseReport>()
  readonly #clock: Clock
  readonly #timers: (() => void)[]
  readonly #remaining: Set<Leaving>
  readonly #total: number
  readonly #causes: Partial<Record<CloseCause, number>> = {}
  #clean = 0
  #terminated = 0

  constructor(connections: Iterable<Leaving>, clock: Clock, deadline: number) {
    this.#remaining = new Set(connections)
    this.#total = this.#remaining.size
    this.#clock = clock
    this.#timers = [clock.schedule(() => this.#terminate(), deadline)]
  }

  /** Resolves when the last connection has ended. */
  get report(): Promise<CloseReport> {
    return this.#report.promise
  }

  get progress(): DrainProgress {
    return { ...this.#counts, remaining: this.#remaining.size }
  }

  /**
   * Sends the close frames. Separate from the constructor, because ends may follow at once.
   *
   * @param spread milliseconds over which to send them, evenly
   */
  start(spread: number): void {
    let turn = 0
    for (const connection of this.#remaining) {
      const delay = (spread * turn++) / this.#total
      if (delay === 0) connection.fail('shutdown', '')
      else this.#timers.push(this.#clock.schedule(() => connection.fail('shutdown', ''), delay))
    }
    this.#resolveIfDone()
  }

  /** One connection has ended. */
  ended(connection: Leaving, event: CloseEvent): void {
    if (!this.#remaining.delete(connection)) return
    this.#causes[event.cause] = (this.#causes[event.cause] ?? 0) + 1
    if (event.wasClean) this.#clean++
    this.#resolveIfDone()
  }

  #terminate(): void {
    this.#terminated = this.#remaining.size
    for (const connection of [...this.#remaining]) {
      // With the cause that it would have had, if it was not told yet.
      connection.fail('shutdown', '')
      connection.terminate()
    }
  }

  #resolveIfDone(): void {
    if (this.#remaining.size > 0) return
    for (const cancel of this.#timers) cancel()
    this.#report.resolve(this.#counts)
  }

  get #counts(): CloseReport {
    return {
      total: this.#total,
      clean: this.#clean,
      terminated: this.#terminated,
      causes: { ...this.#causes },
    }
  }
}
