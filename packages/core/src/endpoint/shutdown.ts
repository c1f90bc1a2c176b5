import type { CloseCause, CloseEvent } from '../connection/close.ts'
import { type Clock, MAX_TIMER } from '../runtime/clock.ts'
import { Deferred } from '../runtime/deferred.ts'
import { checkInteger, checkNames, checkObject, checkOneOf } from '../runtime/option-error.ts'

/** Options of `endpoint.close()`. Times are in milliseconds. */
export interface ShutdownOptions {
  /**
   * What becomes of the open connections. `'close'`: they are closed now. `'wait'`: they go on until they end by
   * themselves. Those that are left are closed over `spread`, which ends a tenth of the deadline before it, at
   * most `closeTimeout`, so that they can answer. Default: `'close'`.
   */
  readonly mode?: 'close' | 'wait'
  /**
   * When the connections that are left are terminated, 0 to 2,147,483,647. A client that does not answer its
   * close frame is disconnected after `closeTimeout`, which may be earlier. Default: 5,000.
   */
  readonly deadline?: number
  /**
   * The time over which the close frames are sent evenly, 0 to the deadline, so that the clients do not all
   * reconnect at the same moment. A single connection is closed in the middle of it. Default: 0, all at once.
   */
  readonly spread?: number
}

const DEFAULT_DEADLINE = 5_000

/**
 * Checks the options and fills in the defaults.
 *
 * @throws OptionError for a time out of range, an unknown mode or an unknown option.
 */
export function checkShutdownOptions(options: ShutdownOptions): Required<ShutdownOptions> {
  checkObject('The argument of close', options)
  const { mode = 'close', deadline = DEFAULT_DEADLINE, spread = 0 } = options
  checkOneOf('mode', mode, ['close', 'wait'])
  checkInteger('deadline', deadline, 0, MAX_TIMER, 'milliseconds')
  checkInteger('spread', spread, 0, deadline, 'milliseconds')
  checkNames(options, ['mode', 'deadline', 'spread'])
  return { mode, deadline, spread }
}

/** How the connections ended that were open when their endpoint was closed. */
export interface ShutdownReport {
  /** How many connections were open when `endpoint.close()` was called. */
  readonly total: number
  /** How many of them ended with a close frame from both sides. */
  readonly clean: number
  /** How many of them were left at the deadline and were terminated. */
  readonly terminated: number
  /** How many of them ended by each cause. */
  readonly causes: Readonly<Partial<Record<CloseCause, number>>>
}

/** The progress of a shutdown. The shutdown is over when `remaining` is 0. */
export interface ShutdownProgress extends ShutdownReport {
  /** How many connections have not ended yet. */
  readonly remaining: number
}

/** The methods of a connection that a shutdown uses. */
interface Leaving {
  fail(cause: 'shutdown', reason: string): void
  terminate(): void
}

/** Closes all connections, now or later, terminates those that are left at the deadline, and counts. */
export class Shutdown {
  readonly #report = new Deferred<ShutdownReport>()
  readonly #clock: Clock
  readonly #timers: (() => void)[]
  readonly #remaining: Set<Leaving>
  /** Those that were made since, each with what cancels its timer. They are not in the report. */
  readonly #late = new Map<Leaving, () => void>()
  /** By the clock. */
  readonly #deadline: number
  readonly #total: number
  readonly #causes: Partial<Record<CloseCause, number>> = {}
  #clean = 0
  #terminated = 0

  constructor(connections: Iterable<Leaving>, clock: Clock, deadline: number) {
    this.#remaining = new Set(connections)
    this.#total = this.#remaining.size
    this.#clock = clock
    this.#deadline = clock.now() + deadline
    this.#timers = [clock.schedule(() => this.#terminate(), deadline)]
  }

  /** Resolves when the last connection has ended. It cannot wait for one that is made after that. */
  get report(): Promise<ShutdownReport> {
    return this.#report.promise
  }

  get progress(): ShutdownProgress {
    return { ...this.#counts, remaining: this.#remaining.size + this.#late.size }
  }

  /**
   * Sends the close frames, now or when the time for it has come. Not in the constructor, because connections
   * may end within the call.
   *
   * @param closeTimeout milliseconds that a client has to answer
   */
  start({ mode, deadline, spread }: Required<ShutdownOptions>, closeTimeout: number): void {
    if (mode === 'close') {
      this.#close(spread)
    } else {
      const answerTime = Math.min(closeTimeout, deadline / 10)
      const wait = Math.max(0, deadline - spread - answerTime)
      this.#timers.push(this.#clock.schedule(() => this.#close(spread), wait))
    }
    this.#resolveIfDone()
  }

  /** Sends away a connection that has opened, whatever the mode and the spread are. */
  opened(connection: Leaving): void {
    if (!this.#remaining.has(connection)) {
      const timeLeft = Math.max(0, this.#deadline - this.#clock.now())
      this.#late.set(
        connection,
        this.#clock.schedule(() => connection.terminate(), timeLeft),
      )
    }
    connection.fail('shutdown', '')
  }

  /** One connection has ended. */
  ended(connection: Leaving, event: CloseEvent): void {
    this.#late.get(connection)?.()
    if (this.#remaining.delete(connection)) {
      this.#causes[event.cause] = (this.#causes[event.cause] ?? 0) + 1
      if (event.wasClean) this.#clean++
    } else if (!this.#late.delete(connection)) return
    this.#resolveIfDone()
  }

  #close(spread: number): void {
    const slot = spread / this.#remaining.size
    let delay = slot / 2
    for (const connection of this.#remaining) {
      if (slot === 0) connection.fail('shutdown', '')
      else this.#timers.push(this.#clock.schedule(() => connection.fail('shutdown', ''), delay))
      delay += slot
    }
  }

  #terminate(): void {
    this.#terminated = this.#remaining.size
    for (const connection of [...this.#remaining]) {
      // Gives the cause `shutdown` to a connection whose close frame was not sent yet.
      connection.fail('shutdown', '')
      connection.terminate()
    }
  }

  #resolveIfDone(): void {
    if (this.#remaining.size + this.#late.size > 0) return
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
