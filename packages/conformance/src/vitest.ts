import { writeFileSync } from 'node:fs'
import { afterAll, describe, test } from 'vitest'
import { type Case, GROUPS, missingFor, runCase } from './case.ts'
import { cases } from './cases/index.ts'
import { type GroupResult, noResults } from './results.ts'
import { type AdapterUnderTest, type Target, targetOf } from './target.ts'

/** Milliseconds for one case: several bounded waits, on a busy machine. */
const CASE_TIMEOUT = 30_000

export interface ConformanceOptions {
  /** A file that the results are written to, as JSON, for a table. Default: none. */
  readonly resultsFile?: string
}

/**
 * Makes each case of the battery a test for vitest. The cases of a group run at the same time, the
 * groups one after the other. What the engine cannot do is skipped, with the reason in the test's
 * name.
 */
export function testConformance(adapter: AdapterUnderTest, options?: ConformanceOptions): void {
  testCases(targetOf(adapter), options)
}

/** The same on any target. */
export function testCases(target: Target, { resultsFile }: ConformanceOptions = {}): void {
  const results = noResults(target)
  describe(`${target.name} conforms`, () => {
    for (const group of GROUPS) {
      const members = cases.filter((one) => one.group === group)
      describe(group, () => {
        for (const one of members) testCase(one, target, results.groups[group])
      })
    }
    if (resultsFile === undefined) return
    afterAll(() => writeFileSync(resultsFile, `${JSON.stringify(results, undefined, 2)}\n`))
  })
}

function testCase(one: Case, target: Target, result: GroupResult): void {
  const title = `${one.name} (${one.section})`
  const lacking = missingFor(one, target)
  if (lacking !== undefined) {
    const { capability, reason } = lacking
    result.skipped[capability] = (result.skipped[capability] ?? 0) + 1
    // By capability, so that the report says what the engine lacks and why, beside the case.
    test.skip(`${title} [no ${capability}: ${reason}]`)
    return
  }
  test.concurrent(title, { timeout: CASE_TIMEOUT }, async () => {
    try {
      await runCase(one, target)
      result.passed++
    } catch (error) {
      result.failed++
      throw error
    }
  })
}
