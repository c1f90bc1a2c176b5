import { adaptersInProcesses } from '@wirebeat/test-support'
import { expect, test } from 'vitest'
import { runCampaign } from '../src/campaign.ts'
import { KINDS } from '../src/fuzz-target.ts'
import { replayFrom } from '../src/replay.ts'

const INPUTS = 1_500
/** Milliseconds, for the search for the smallest input that fails as well. */
const timeout = 180_000

const { seed, only } = replayFrom(process.env)
console.log(`Seed: ${seed}. Again: WIREBEAT_SEED=${seed}`)

for (const { name: adapter } of adaptersInProcesses()) {
  for (const kind of KINDS) {
    const isMeant = only === undefined || (only.kind === kind && only.adapter === adapter)
    test.runIf(isMeant)(`random ${kind} does no harm to ${adapter}`, { timeout }, async () => {
      const plan = { kind, adapter, seed, inputs: INPUTS }
      const { failure, inputs } = await runCampaign({ ...plan, ...(only && { batch: only.batch }) })
      expect(failure).toBeUndefined()
      expect(inputs).toBe(INPUTS)
    })
  }
}
