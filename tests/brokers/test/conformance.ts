import { type BackplaneUnderTest, testBackplane } from '@wirebeat/conformance/backplane'
import { afterAll, beforeAll } from 'vitest'
import { type RunningBroker, startBroker } from './broker.ts'
import { type CutProxy, cutProxy } from './cut-proxy.ts'
import type { Kind } from './kinds.ts'

/** Puts a backplane through the cases, on a broker of its own. */
export function testKind({ name, command, make }: Kind): void {
  let broker: RunningBroker
  let proxy: CutProxy
  beforeAll(async () => {
    broker = await startBroker(command)
    proxy = await cutProxy(broker.port)
  })
  afterAll(async () => {
    proxy.close()
    await broker.close()
  })
  const under: BackplaneUnderTest = {
    name,
    make: () => make(proxy.port),
    unreachable: (port) => make(port, 1_000),
    interrupt: async () => proxy.cut(),
  }
  testBackplane(under)
}
