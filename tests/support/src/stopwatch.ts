import { percentile } from './statistics.ts'

/** Milliseconds from message to echo. */
export interface Latency {
  readonly p50: number
  readonly p99: number
  readonly p999: number
}

const MAX_SAMPLES = 1 << 18

/** Keeps the times that sampled messages took; the first quarter of a million of them. */
export class Stopwatch {
  readonly #samples = new Float64Array(MAX_SAMPLES)
  #count = 0

  reset(): void {
    this.#count = 0
  }

  /** @param milliseconds from the moment before a message was written to its echo */
  record(milliseconds: number): void {
    if (this.#count < MAX_SAMPLES) this.#samples[this.#count++] = milliseconds
  }

  latency(): Latency | undefined {
    const sorted = this.#samples.slice(0, this.#count).sort()
    const p50 = percentile(sorted, 0.5)
    const p99 = percentile(sorted, 0.99)
    const p999 = percentile(sorted, 0.999)
    if (p50 === undefined || p99 === undefined || p999 === undefined) return undefined
    return { p50, p99, p999 }
  }
}
