import { heartbeatTolerance } from '@wirebeat/core/adapter'
import { expect } from 'vitest'

/** An end that one side has declared, and when it had last heard the other. */
export interface Lost {
  readonly cause: string
  readonly lastSign: number
  readonly at: number
}

/** The 2X rule for one X. Milliseconds. */
export class Silence {
  /** A silent client is ended no earlier than this after its last sign of life. */
  readonly least: number
  /** And no later than this. */
  readonly most: number

  constructor(interval: number) {
    this.least = 2 * interval
    this.most = this.least + heartbeatTolerance(interval)
  }

  /**
   * Holds the rule against ends, by the clock of the side that declares them: at the server from when
   * its adapter told core of the last sign of life to when its session was told of the end.
   *
   * @param lateness milliseconds by which they may be later than the rule says
   * @returns the figures, in words
   */
  holdsFor(ends: readonly Lost[], lateness = 0): string {
    expect(new Set(ends.map(({ cause }) => cause))).toEqual(new Set(['heartbeat']))
    const times = ends.map(({ at, lastSign }) => at - lastSign)
    const [shortest, longest] = [Math.min(...times), Math.max(...times)]
    expect(shortest).toBeGreaterThanOrEqual(this.least)
    expect(longest).toBeLessThanOrEqual(this.most + lateness)
    const range = `${shortest.toFixed(0)}..${longest.toFixed(0)} ms`
    const allowed = `${this.least}..${this.most}${lateness > 0 ? ` + ${lateness.toFixed(0)}` : ''}`
    return `${ends.length} ended after ${range} (allowed ${allowed})`
  }
}
