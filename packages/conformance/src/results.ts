import type { Capability, MissingCapabilities } from '@wirebeat/core/adapter'
import { GROUPS, type Group } from './case.ts'
import type { CaseResult } from './case-result.ts'
import { runtimeName } from './runtime.ts'
import type { Target } from './target.ts'

/** What became of the cases of one group. */
export interface GroupResult {
  passed: number
  failed: number
  /** Cases that were left out, by the capability that the engine lacks. */
  skipped: Partial<Record<Capability, number>>
}

/** What the battery has shown of one adapter on one runtime, as a plain value. */
export interface BatteryResults {
  readonly adapter: string
  /** `Node 20`, `Bun 1`, `Deno 2` */
  readonly runtime: string
  readonly missing: MissingCapabilities
  readonly groups: Readonly<Record<Group, GroupResult>>
}

/** The results before any case was run. */
export function noResults({ name, missing }: Target): BatteryResults {
  const groups = GROUPS.map((group): [Group, GroupResult] => [
    group,
    { passed: 0, failed: 0, skipped: {} },
  ])
  return {
    adapter: name,
    runtime: runtimeName(),
    missing,
    // There is an entry for each group, which Object.fromEntries() forgets.
    groups: Object.fromEntries(groups) as Record<Group, GroupResult>,
  }
}

/** The results alone, of all that a report of the battery has. */
export function resultsOf({ adapter, runtime, missing, groups }: BatteryResults): BatteryResults {
  return { adapter, runtime, missing, groups }
}

/** Adds one result to the counts of its group. */
export function countResult({ groups }: BatteryResults, result: CaseResult): void {
  const counts = groups[result.case.group]
  if (result.outcome !== 'skipped') counts[result.outcome]++
  else counts.skipped[result.capability] = (counts.skipped[result.capability] ?? 0) + 1
}
