import { heartbeatTolerance } from '@wirebeat/core/adapter'
import { expect } from 'vitest'
import { holdWithin, type Measured } from './bound.ts'
import { Lateness } from './lateness.ts'

/** An end that one side has declared, and when it had last heard the other. */
export interface Lost {
  readonly cause: string
  readonly lastSign: number
  readonly at: number
}

/** The 2X rule for one X. Milliseconds. */
export class Silence {
  readonly #interval: number
  /** A silent client is ended no earlier than this after its last sign of life. */
  readonly least: number
  /** And no later than this. */
  readonly most: number

  constructor(interval: number) {
    this.#interval = interval
    this.least = 2 * interval
    this.most = this.least + heartbeatTolerance(interval)
  }

  /**
   * Holds the rule against ends, by the clock of the side that declares them: at the server from when
   * its adapter told core of the last sign of life to when its session was told of the end.
   *
   * @param lateness of the process that declares them
   * @returns the figures, in words
   */
  holdsFor(ends: readonly Lost[], lateness: Lateness = new Lateness()): string {
    expect(new Set(ends.map(({ cause }) => cause))).toEqual(new Set(['heartbeat']))
    const times = ends.map(({ at, lastSign }) => at - lastSign)
    const [shortest, longest] = [Math.min(...times), Math.max(...times)]
    expect(shortest).toBeGreaterThanOrEqual(this.least)
    const silences = ends.map((end) => this.#measure(end, lateness))
    holdWithin('ms of silence before an end', this.most, silences)
    const range = `${shortest.toFixed(0)}..${longest.toFixed(0)} ms`
    return `${ends.length} ended after ${range} (allowed ${this.least}..${this.most})`
  }

  #measure({ at, lastSign }: Lost, lateness: Lateness): Measured {
    // A sign of life counts from the end of its turn, and a pause of more than X gives one more X.
    const extra = lateness.hasPause(this.#interval, lastSign, at) ? this.#interval : 0
    const late = lateness.after(lastSign) + lateness.within(lastSign + this.least, at)
    return { value: at - lastSign, lateness: late + extra }
  }
}
