import type { BackplaneHarness } from './backplane-harness.ts'

/** One behaviour that every backplane must show. */
export interface BackplaneCase {
  /** A sentence about the behaviour. */
  readonly name: string
  run(harness: BackplaneHarness): Promise<void>
}
