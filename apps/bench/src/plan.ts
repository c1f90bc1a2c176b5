import { Progress } from '@wirebeat/progress'
import type { Contestant } from './contestant.ts'
import { isEvents, isPolling } from './dialect.ts'
import { isInRound, type Load } from './load.ts'
import { expectedTime, measure, type Times } from './measure.ts'
import type { Measurement } from './measurement.ts'
import type { Programs } from './programs.ts'
import { Rates } from './rates.ts'
import type { Selection } from './selection.ts'

export interface Step {
  readonly round: number
  readonly load: Load
  readonly contestant: Contestant
}

export interface Outcome {
  readonly measurements: readonly Measurement[]
  /** What could not be measured, and why. */
  readonly failures: readonly string[]
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
      .flatMap((load) =>
        inTurn
          .filter((contestant) => takesPart(contestant, load))
          .map((contestant) => ({ round, load, contestant })),
      )
  }).flat()
}

function takesPart({ broadcasts, dialect }: Contestant, load: Load): boolean {
  if (isEvents(dialect)) return suitsEvents(load)
  if (isPolling(dialect)) return suitsPolling(load)
  if (load.kind === 'broadcast') return broadcasts
  // Those that broadcast know compression.
  if (load.kind === 'exchange' && load.compression) return broadcasts && dialect === 'websocket'
  // An acknowledgement of binary data is two packets, which nobody has written here.
  return dialect !== 'socket.io, acknowledged' || (load.kind === 'exchange' && load.type === 'text')
}

/** What a client sends would be requests of their own, and compression is not offered. */
function suitsEvents(load: Load): boolean {
  return (
    load.kind === 'idle' ||
    (load.kind === 'broadcast' && !load.compression && load.slow === undefined)
  )
}

/** An answer joins what waits, so there is one message under way. engine.io has binary data in base64. */
function suitsPolling(load: Load): boolean {
  return (
    load.kind === 'exchange' && load.type === 'text' && load.outstanding === 1 && !load.compression
  )
}

/** Carries out a plan, step by step. A step that fails does not stop the others. */
export async function runPlan(
  programs: Programs,
  plan: readonly Step[],
  times: Times,
): Promise<Outcome> {
  const measurements: Measurement[] = []
  const failures: string[] = []
  const rates = new Rates(programs, times)
  const expected = plan.reduce(
    (sum, { contestant, load }) => sum + expectedTime(contestant, load, times),
    0,
  )
  const progress = new Progress(expected, { expected })
  let done = 0
  for (const { round, load, contestant } of plan) {
    const title = `round ${round + 1}, ${load.id}, ${contestant.name}`
    progress.tell(title, done)
    try {
      const metrics =
        load.kind === 'paced'
          ? await rates.measure(contestant, load, round)
          : await measure(programs, contestant, load, times)
      measurements.push({ contestant: contestant.name, load: load.id, round, metrics })
    } catch (error) {
      failures.push(`${title}: ${error instanceof Error ? error.message : error}`)
      progress.say(`failed: ${failures.at(-1)}`)
    }
    done += expectedTime(contestant, load, times)
  }
  progress.end()
  return { measurements, failures }
}
