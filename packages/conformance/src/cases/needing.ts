import type { Capability } from '@wirebeat/core/adapter'
import type { Case } from '../case.ts'

/** The same cases, for engines that have this capability as well. */
export function needing(
  capability: Capability,
  cases: readonly Omit<Case, 'group'>[],
): readonly Omit<Case, 'group'>[] {
  return cases.map((one) => ({ ...one, needs: [capability, ...(one.needs ?? [])] }))
}
