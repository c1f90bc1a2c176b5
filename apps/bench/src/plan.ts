import type { Contestant } from './contestant.ts'
import { isInRound, type Load } from './load.ts'
import type { Selection } from './selection.ts'

export interface Step {
  readonly round: number
  readonly load: Load
  readonly contestant: Contestant
}

/**
 * What is measured, in order. In each round every load is put on all contestants, one after another,
 * so that what disturbs the machine for a while disturbs all of them; each round begins with another
 * contestant.
 */
export function makePlan({ contestants, loads }: Selection, rounds: number): Step[] {
  return Array.from({ length: rounds }, (_, round) => {
    const first = round % Math.max(contestants.length, 1)
    const inTurn = [...contestants.slice(first), ...contestants.slice(0, first)]
    return loads
      .filter((load) => isInRound(load, round))
      .flatMap((load) => inTurn.map((contestant) => ({ round, load, contestant })))
  }).flat()
}
