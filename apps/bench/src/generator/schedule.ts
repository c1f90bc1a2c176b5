import { createHistogram, type RecordableHistogram } from 'node:perf_hooks'
import type { Latency } from '@wirebeat/test-support/measure'

/** Who sends a message when one is due. */
export interface Sender {
  /** @param due when the message was to be sent, in milliseconds of `performance.now()` */
  send(due: number): void
}

const MICROSECONDS = 1_000

/**
 * Sends messages at a rate, to one connection after another, whatever becomes of those before: an open loop. What a
 * message took is counted from the moment in which it was due, so a server that stalls, or a sender that is late for
 * it, shows in every message that was due meanwhile.
 */
export class Schedule {
  readonly #senders: readonly Sender[]
  /** Milliseconds from one message to the next. */
  readonly #interval: number
  readonly #latencies: RecordableHistogram = createHistogram()
  readonly #delays: RecordableHistogram = createHistogram()
  #from = 0
  #countedFrom = 0
  /** Messages so far. */
  #sent = 0
  #unanswered = 0
  #isStopped = false

  constructor(senders: readonly Sender[], perSecond: number) {
    this.#senders = senders
    this.#interval = 1_000 / perSecond
  }

  start(): void {
    this.#from = performance.now()
    this.#turn()
  }

  /** Counts the messages that are due from now on. */
  reset(): void {
    this.#countedFrom = performance.now()
    this.#latencies.reset()
    this.#delays.reset()
  }

  /** To be called for each message that was answered. */
  answered(due: number): void {
    this.#unanswered--
    if (due >= this.#countedFrom) record(this.#latencies, performance.now() - due)
  }

  /** Sends nothing more. */
  stop(): void {
    this.#isStopped = true
  }

  /** Messages that were sent and are not answered. */
  get unanswered(): number {
    return this.#unanswered
  }

  /** Messages that were due since `reset`, and are answered. */
  get messages(): number {
    return this.#latencies.count
  }

  /** From when a message was due until it was answered. */
  latency(): Latency | undefined {
    if (this.messages === 0) return undefined
    const at = (percent: number): number => this.#latencies.percentile(percent) / MICROSECONDS
    return { p50: at(50), p99: at(99), p999: at(99.9) }
  }

  /** How late messages were sent: the time that the load generator itself has added, the 99th percentile in ms. */
  get delay(): number {
    return this.#delays.percentile(99) / MICROSECONDS
  }

  /** A timer would come a millisecond late, so it looks at the clock in every turn of the event loop. */
  #turn(): void {
    if (this.#isStopped) return
    const now = performance.now()
    for (;;) {
      const due = this.#from + this.#sent * this.#interval
      if (due > now) break
      this.#unanswered++
      this.#senders[this.#sent++ % this.#senders.length]?.send(due)
      if (due >= this.#countedFrom) record(this.#delays, performance.now() - due)
    }
    setImmediate(() => this.#turn())
  }
}

function record(histogram: RecordableHistogram, milliseconds: number): void {
  histogram.record(Math.max(Math.round(milliseconds * MICROSECONDS), 1))
}
