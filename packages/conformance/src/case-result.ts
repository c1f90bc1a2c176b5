import type { Capability, MissingCapability } from '@wirebeat/core/adapter'
import { type Case, missingFor, runCase } from './case.ts'
import type { Target } from './target.ts'

/** What became of a case. */
export type CaseResult = PassedCase | FailedCase | SkippedCase

export interface PassedCase {
  readonly outcome: 'passed'
  readonly case: Case
  readonly milliseconds: number
}

export interface FailedCase {
  readonly outcome: 'failed'
  readonly case: Case
  readonly milliseconds: number
  /** What went wrong, an AssertionError in most cases. */
  readonly error: unknown
}

/** A case that was left out for a capability that the engine lacks, with the reason. */
export interface SkippedCase extends MissingCapability {
  readonly outcome: 'skipped'
  readonly case: Case
  readonly capability: Capability
}

/** The result of a case that is not run, or nothing where it can be run. */
export function skipped(one: Case, target: Target): SkippedCase | undefined {
  const missing = missingFor(one, target)
  return missing && { outcome: 'skipped', case: one, ...missing }
}

/** Runs a case, and tells what became of it. */
export async function resultOf(
  one: Case,
  target: Target,
  timeLimit?: number,
): Promise<PassedCase | FailedCase> {
  const start = performance.now()
  try {
    await runCase(one, target, timeLimit)
    return { outcome: 'passed', case: one, milliseconds: performance.now() - start }
  } catch (error) {
    return { outcome: 'failed', case: one, milliseconds: performance.now() - start, error }
  }
}
