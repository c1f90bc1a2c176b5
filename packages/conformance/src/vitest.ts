import { describe, test } from 'vitest'
import { type Case, GROUPS, missingFor, runCase } from './case.ts'
import { cases } from './cases/index.ts'
import type { AdapterUnderTest } from './harness.ts'

/** Milliseconds for one case: several bounded waits, on a busy machine. */
const CASE_TIMEOUT = 30_000

/**
 * Makes each case of the battery a test for vitest. The cases of a group run at the same time, the
 * groups one after the other. What the engine cannot do is skipped, with the reason in the test's
 * name.
 */
export function testConformance(adapter: AdapterUnderTest): void {
  describe(`${adapter.name} conforms`, () => {
    for (const group of GROUPS) {
      const members = cases.filter((one) => one.group === group)
      describe(group, () => {
        for (const one of members) testCase(one, adapter)
      })
    }
  })
}

function testCase(one: Case, adapter: AdapterUnderTest): void {
  const title = `${one.name} (${one.section})`
  const lacking = missingFor(one, adapter)
  if (lacking !== undefined) {
    test.skip(`${title} [no ${lacking.capability}: ${lacking.reason}]`)
    return
  }
  test.concurrent(title, { timeout: CASE_TIMEOUT }, () => runCase(one, adapter))
}
