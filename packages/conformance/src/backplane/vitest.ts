import { describe, test } from 'vitest'
import { BackplaneHarness } from './backplane-harness.ts'
import type { BackplaneUnderTest } from './backplane-under-test.ts'
import { backplaneCases } from './cases.ts'

const TIME_LIMIT = 60_000

/** Makes each case a test for vitest. They run one after the other, for some of them cut all connections. */
export function testBackplane(under: BackplaneUnderTest): void {
  describe(`the backplane ${under.name}`, () => {
    for (const { name, run } of backplaneCases) {
      test(name, { timeout: TIME_LIMIT }, async () => {
        const harness = new BackplaneHarness(under)
        try {
          await run(harness)
        } finally {
          await harness.finish()
        }
      })
    }
  })
}
