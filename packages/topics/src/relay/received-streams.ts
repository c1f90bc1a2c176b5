import type { Clock } from '@wirebeat/core'
import type { Mark, Publications } from './envelope.ts'

/** How many servers may have a stream on one channel. Those that were heard longest ago are forgotten first. */
const MAX_STREAMS = 1_024

/** A stream of another server, as far as it was received. */
interface ReceivedStream {
  readonly number: number
  latest: number
}

/** What became of publications that arrived. */
export interface Arrival {
  /** How many of them came before, or too late: those at the beginning. They are dropped. */
  readonly stale: number
  /** How many are missing before them. `undefined` when some are, and nobody knows how many. */
  readonly missing: number | undefined
}

const NOTHING_MISSING: Arrival = { stale: 0, missing: 0 }

/** Finds what is missing among the publications of other servers to one topic. */
export class ReceivedStreams {
  readonly #clock: Clock
  /** Since when all of them should arrive. */
  #since: number
  /** By the run of the server. */
  readonly #streams = new Map<string, ReceivedStream>()

  constructor(clock: Clock) {
    this.#clock = clock
    this.#since = clock.now()
  }

  /** Begins anew, after something was lost of which everybody was told. */
  restart(): void {
    this.#since = this.#clock.now()
    this.#streams.clear()
  }

  arrived(run: string, { stream, age, first, publications }: Publications): Arrival {
    const known = this.#streams.get(run)
    const latest = first + publications.length - 1
    if (known !== undefined && isLate(known, stream, latest)) {
      return { stale: publications.length, missing: 0 }
    }
    this.#keep(run, { number: stream, latest })
    if (known?.number !== stream) return { stale: 0, missing: this.#before(known, age, first - 1) }
    if (first === known.latest + 1) return NOTHING_MISSING
    const stale = Math.max(0, known.latest + 1 - first)
    return { stale, missing: stale > 0 ? 0 : first - known.latest - 1 }
  }

  /** Returns how many are missing; see {@link Arrival}. */
  marked(run: string, { stream, age, latest, isFinal }: Mark): number | undefined {
    const known = this.#streams.get(run)
    if (known !== undefined && known.number > stream) return 0
    const received = known?.number === stream ? known.latest : 0
    if (isFinal) this.#streams.delete(run)
    else this.#keep(run, { number: stream, latest: Math.max(received, latest) })
    if (known?.number === stream) return Math.max(0, latest - received)
    return this.#before(known, age, latest)
  }

  /** A server is gone. Returns whether it may have published something that did not arrive. */
  gone(run: string): boolean {
    return this.#streams.delete(run)
  }

  /** How many are missing at the begin of a stream of which so many did not arrive. */
  #before(known: ReceivedStream | undefined, age: number, count: number): number | undefined {
    // The end of the stream before this one did not arrive.
    if (known !== undefined) return undefined
    return this.#clock.now() - age > this.#since ? count : 0
  }

  #keep(run: string, stream: ReceivedStream): void {
    // Again at the end, where those are that were heard last.
    this.#streams.delete(run)
    this.#streams.set(run, stream)
    if (this.#streams.size <= MAX_STREAMS) return
    for (const oldest of this.#streams.keys()) {
      this.#streams.delete(oldest)
      return
    }
  }
}

function isLate(known: ReceivedStream, stream: number, latest: number): boolean {
  return known.number > stream || (known.number === stream && latest <= known.latest)
}
