import { measure, type Times } from './measure.ts'
import type { Measurement } from './measurement.ts'
import type { Step } from './plan.ts'
import type { Programs } from './programs.ts'

export interface Outcome {
  readonly measurements: readonly Measurement[]
  /** What could not be measured, and why. */
  readonly failures: readonly string[]
}

/** Carries out a plan, step by step. A step that fails does not stop the others. */
export async function runPlan(
  programs: Programs,
  plan: readonly Step[],
  times: Times,
  progress: (line: string) => void,
): Promise<Outcome> {
  const measurements: Measurement[] = []
  const failures: string[] = []
  const start = performance.now()
  for (const [index, { round, load, contestant }] of plan.entries()) {
    const title = `round ${round + 1}, ${load.id}, ${contestant.name}`
    progress(`${clock(performance.now() - start)} ${index + 1}/${plan.length} ${title}`)
    try {
      const metrics = await measure(programs, contestant, load, times)
      measurements.push({ contestant: contestant.name, load: load.id, round, metrics })
    } catch (error) {
      failures.push(`${title}: ${error instanceof Error ? error.message : error}`)
      progress(`failed: ${failures.at(-1)}`)
    }
  }
  progress(`${clock(performance.now() - start)} done`)
  return { measurements, failures }
}

function clock(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1_000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
