import type { CloseCause, CloseEvent } from '../connection/close.ts'
import { type Clock, MAX_TIMER } from '../runtime/clock.ts'
import { Deferred } from '../runtime/deferred.ts'
import { checkInteger, checkNames, checkObject } from '../runtime/option-error.ts'

/** How to shut a service down. Times are in milliseconds. */
export interface ShutdownOptions {
  /**
   * When the connections that are left are terminated, 0 to 2,147,483,647. A peer that does not
   * answer its close frame is disconnected after `closeTimeout` already. Default: 5,000.
   */
  readonly deadline?: number
  /**
   * Over which time the close frames are sent, evenly, 0 to the deadline, so that the clients do not
   * all come back at the same moment. Default: 0, all at once.
   */
  readonly spread?: number
}

const DEFAULT_DEADLINE = 5_000

/**
 * Fills in the defaults.
 *
 * @throws OptionError for a time out of range, or an unknown option.
 */
export function checkShutdownOptions(options: ShutdownOptions): Required<ShutdownOptions> {
  checkObject('The argument of close', options)
  const { deadline = DEFAULT_DEADLINE, spread = 0 } = options
  checkInteger('deadline', deadline, 0, MAX_TIMER, 'milliseconds')
  checkInteger('spread', spread, 0, deadline, 'milliseconds')
  checkNames(options, ['deadline', 'spread'])
  return { deadline, spread }
}

/** How the connections ended that were open when their endpoint was closed. */
export interface ShutdownReport {
  /** Connections that were open when the closing began. */
  readonly total: number
  /** How many of them ended with a close frame from both sides. */
  readonly clean: number
  /** How many of them were still there at the deadline, and were terminated. */
  readonly terminated: number
  /** How many of them ended by each cause. */
  readonly causes: Readonly<Partial<Record<CloseCause, number>>>
}

/** How far a shutdown has come. It is over when nothing remains; the rest is the report then. */
export interface ShutdownProgress extends ShutdownReport {
  /** Connections that have not ended yet. */
  readonly remaining: number
}

/** What a shutdown asks of a connection. */
interface Leaving {
  fail(cause: 'shutdown', reason: string): void
  terminate(): void
}

/** Sends everybody away, waits until the deadline, and counts. */
export class Shutdown {
  readonly #report = new Deferred<ShutdownReport>()
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
  get report(): Promise<ShutdownReport> {
    return this.#report.promise
  }

  get progress(): ShutdownProgress {
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

  get #counts(): ShutdownReport {
    return {
      total: this.#total,
      clean: this.#clean,
      terminated: this.#terminated,
      causes: { ...this.#causes },
    }
  }
}
