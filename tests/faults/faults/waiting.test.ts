import { adaptersInProcesses } from '@wirebeat/test-support'
import { describe } from 'vitest'
import { testCableCut } from './cable-cut.ts'
import { testCableCuts } from './cable-cuts.ts'
import { testComeback } from './comeback.ts'
import { testFileDescriptors } from './file-descriptors.ts'
import { testHubComeback } from './hub-comeback.ts'
import { testReconnectDelays } from './reconnect-delays.ts'
import { testStoppedClients } from './stopped-clients.ts'
import { testStoppedServer } from './stopped-server.ts'

// Those that wait more than they work.
describe('both ends', { timeout: 300_000 }, testCableCuts)

for (const adapter of adaptersInProcesses()) {
  describe(`the adapter ${adapter.name}`, { timeout: 300_000 }, () => {
    testCableCut(adapter)
    testStoppedClients(adapter)
    testStoppedServer(adapter)
    testFileDescriptors(adapter)
    testReconnectDelays(adapter)
    testComeback(adapter)
    testHubComeback(adapter)
  })
}
