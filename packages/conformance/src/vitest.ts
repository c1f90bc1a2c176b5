import { writeFileSync } from 'node:fs'
import { afterAll, describe, test } from 'vitest'
import { CASE_TIME_LIMIT, type Case, GROUPS } from './case.ts'
import { resultOf, skipped } from './case-result.ts'
import { cases } from './cases/index.ts'
import { type BatteryResults, countResult, noResults } from './results.ts'
import { type AdapterUnderTest, type Target, targetOf } from './target.ts'

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
        for (const one of members) testCase(one, target, results)
      })
    }
    if (resultsFile === undefined) return
    afterAll(() => writeFileSync(resultsFile, `${JSON.stringify(results, undefined, 2)}\n`))
  })
}

function testCase(one: Case, target: Target, results: BatteryResults): void {
  const title = `${one.name} (${one.section})`
  const left = skipped(one, target)
  if (left !== undefined) {
    countResult(results, left)
    // By capability, so that the report says what the engine lacks and why, beside the case.
    test.skip(`${title} [no ${left.capability}: ${left.reason}]`)
    return
  }
  // The case keeps its own time.
  test.concurrent(title, { timeout: 2 * CASE_TIME_LIMIT }, async () => {
    const result = await resultOf(one, target)
    countResult(results, result)
    if (result.outcome === 'failed') throw result.error
  })
}
