import { type BackplaneUnderTest, testBackplane } from '@wirebeat/conformance/backplane'
import { afterAll, beforeAll } from 'vitest'
import type { Broker } from './broker.ts'
import { type Wire, wireTo } from './cut-proxy.ts'
import type { Kind } from './kinds.ts'

/** Puts a backplane through the cases, on a broker of its own. */
export function testKind({ name, start, make }: Kind): void {
  let broker: Broker
  let wire: Wire
  beforeAll(async () => {
    broker = await start('news')
    wire = await wireTo(broker.ports)
  })
  afterAll(async () => {
    wire.close()
    await broker.close()
  })
  const under: BackplaneUnderTest = {
    name,
    make: () => make(wire.ports),
    unreachable: (port) => make(new Map([[port, port]]), 1_000),
    interrupt: async () => wire.cut(),
  }
  testBackplane(under)
}
