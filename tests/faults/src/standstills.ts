import { openSync, readSync } from 'node:fs'
import { monotonic } from './monotonic.ts'

/** A time in which a process had no turn. On the monotonic clock of the machine, in milliseconds. */
export interface Standstill {
  readonly from: number
  readonly to: number
  /** How much of it the process did not run, though it had something to do: the machine's lateness. */
  readonly withheld: number
}

/** Milliseconds. */
const LOOK_EVERY = 10
const WORTH_NOTING = 20

const LINE = Buffer.alloc(64)

/** When the process had no turn, and so none of its timers came in time. */
export class Standstills {
  readonly #all: Standstill[] = []
  // Opened once, because a process may run out of files.
  readonly #scheduled = openSync('/proc/self/schedstat', 'r')
  #lookedAt = monotonic()
  #ranBefore = timeRun(this.#scheduled)

  constructor() {
    setInterval(() => this.#look(), LOOK_EVERY).unref()
  }

  /** All so far. */
  get all(): readonly Standstill[] {
    this.#look()
    return this.#all
  }

  #look(): void {
    const [from, ranBefore] = [this.#lookedAt, this.#ranBefore]
    const [to, ran] = [monotonic(), timeRun(this.#scheduled)]
    this.#lookedAt = to
    this.#ranBefore = ran
    // The timer that looks was not due for so long.
    const late = to - from - LOOK_EVERY
    if (late <= WORTH_NOTING) return
    this.#all.push({ from, to, withheld: Math.max(0, late - (ran - ranBefore)) })
  }
}

/** Milliseconds that the main thread has run since it began, as Linux counts them. */
function timeRun(scheduled: number): number {
  const length = readSync(scheduled, LINE, 0, LINE.length, 0)
  const [nanoseconds] = LINE.toString('latin1', 0, length).split(' ')
  return Number(nanoseconds) / 1e6
}
