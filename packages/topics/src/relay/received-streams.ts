import type { Clock } from '@wirebeat/core'
import type { Mark, Publications } from './envelope.ts'

/** How many servers may have a stream on one channel. Those that were heard longest ago are forgotten first. */
const MAX_STREAMS = 1_024
/** How long the stream of a server that is gone is kept at least, in milliseconds: only its words may be lost. */
const GONE_KEPT = 600_000

/** A stream of another server, as far as it was received. */
interface ReceivedStream {
  readonly number: number
  latest: number
  /** When its server was taken for gone, if nothing has arrived since. */
  goneAt?: number
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
  /** When a stream was forgotten last that may go on. */
  #forgottenAt = Number.NEGATIVE_INFINITY
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
    const now = this.#clock.now()
    for (const [other, { goneAt = now }] of this.#streams) {
      if (now - goneAt > GONE_KEPT) this.#forget(other)
    }
    const stream = this.#streams.get(run)
    if (stream === undefined) return false
    // It is not forgotten. When the server is there after all, it is known what of the stream has arrived.
    stream.goneAt = now
    return true
  }

  /** How many are missing at the begin of a stream of which so many did not arrive. */
  #before(known: ReceivedStream | undefined, age: number, count: number): number | undefined {
    // The end of the stream before this one did not arrive.
    if (known !== undefined) return undefined
    const begun = this.#clock.now() - age
    if (begun <= this.#since) return 0
    // It may be the one that was forgotten, of which some did arrive.
    return count > 0 && begun <= this.#forgottenAt ? undefined : count
  }

  #keep(run: string, stream: ReceivedStream): void {
    // Again at the end, where those are that were heard last.
    this.#streams.delete(run)
    this.#streams.set(run, stream)
    if (this.#streams.size <= MAX_STREAMS) return
    for (const oldest of this.#streams.keys()) {
      this.#forget(oldest)
      return
    }
  }

  #forget(run: string): void {
    this.#streams.delete(run)
    this.#forgottenAt = this.#clock.now()
  }
}

function isLate(known: ReceivedStream, stream: number, latest: number): boolean {
  return known.number > stream || (known.number === stream && latest <= known.latest)
}
