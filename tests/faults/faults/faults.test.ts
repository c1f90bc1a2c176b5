import { adaptersInProcesses } from '@wirebeat/test-support'
import { describe } from 'vitest'
import { testBackpressure } from './backpressure.ts'
import { testFairness } from './fairness.ts'
import { testRounds } from './rounds.ts'
import { testShutdown } from './shutdown.ts'
import { testSilenceInACrowd } from './silence-in-a-crowd.ts'

// Those that keep a machine busy. The others are in waiting.test.ts, which runs beside the soak.
for (const adapter of adaptersInProcesses()) {
  describe(`the adapter ${adapter.name}`, { timeout: 900_000 }, () => {
    testBackpressure(adapter)
    testFairness(adapter)
    testShutdown(adapter)
    testSilenceInACrowd(adapter)
    testRounds(adapter)
  })
}
