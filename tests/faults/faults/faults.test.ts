import { adapters } from '@wirebeat/test-support'
import { describe } from 'vitest'
import { testBackpressure } from './backpressure.ts'
import { testCableCut } from './cable-cut.ts'
import { testCableCuts } from './cable-cuts.ts'
import { testComeback } from './comeback.ts'
import { testDrain } from './drain.ts'
import { testFileDescriptors } from './file-descriptors.ts'
import { testReconnectDelays } from './reconnect-delays.ts'
import { testRounds } from './rounds.ts'
import { testSilenceInACrowd } from './silence-in-a-crowd.ts'
import { testStoppedClients } from './stopped-clients.ts'
import { testStoppedServer } from './stopped-server.ts'

describe('both ends', { timeout: 300_000 }, () => {
  testCableCuts()
})

for (const adapter of adapters) {
  describe(`the adapter ${adapter.name}`, { timeout: 300_000 }, () => {
    testCableCut(adapter)
    testStoppedClients(adapter)
    testStoppedServer(adapter)
    testFileDescriptors(adapter)
    testBackpressure(adapter)
    testDrain(adapter)
    testSilenceInACrowd(adapter)
    testRounds(adapter)
    testReconnectDelays(adapter)
    testComeback(adapter)
  })
}
