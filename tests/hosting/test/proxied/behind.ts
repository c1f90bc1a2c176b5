import { adapters } from '@wirebeat/test-support'
import { describe } from 'vitest'
import { testCloseCodes, testMessages, testSlowReader } from './conversations.ts'
import { testDrain, testIdleLines, testReloads, testRestart } from './lifetimes.ts'
import type { ProxyKind } from './proxy.ts'
import { testAddresses, testOrigins } from './requests.ts'
import { testTransports } from './transports.ts'

/** What every adapter must show behind this proxy. */
export function testBehind(kind: ProxyKind): void {
  // These wait for times that the proxy keeps.
  describe.concurrent(`time behind ${kind.name}`, () => {
    for (const adapter of adapters) {
      testIdleLines(kind, adapter)
      testReloads(kind, adapter)
      testRestart(kind, adapter)
    }
  })
  for (const adapter of adapters) {
    describe(`${adapter.name} behind ${kind.name}`, () => {
      testCloseCodes(kind, adapter)
      testMessages(kind, adapter)
      testSlowReader(kind, adapter)
      testOrigins(kind, adapter)
      testAddresses(kind, adapter)
      testDrain(kind, adapter)
      testTransports(kind, adapter)
    })
  }
}
