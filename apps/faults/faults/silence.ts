import { heartbeatTolerance } from '@wirebeat/core/adapter'
import { expect } from 'vitest'
import type { Ended } from '../src/server-protocol.ts'

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
   * Holds the rule against ends, by the server's own clock: from the moment at which its adapter has
   * told core of the last sign of life to the moment at which its session has been told of the end.
   *
   * @param lateness milliseconds by which they may be later than the rule says
   * @returns the figures, in words
   */
  holdsFor(ends: readonly Ended[], lateness = 0): string {
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
