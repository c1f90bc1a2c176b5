import type { Adapter } from '@wirebeat/test-support'
import { expect, test } from 'vitest'
import { CrowdProcess } from './crowd-process.ts'
import { ServerProcess } from './server-process.ts'

const CLIENTS = 10_000
const ROUNDS = 10
/** Bytes that the heap may have grown by between the first round and the last. */
const GROWTH: number = 1024 * 1024

export function testRounds(adapter: Adapter): void {
  test('the heap is where it was after 10,000 clients have come and gone ten times', async () => {
    const server = await ServerProcess.start(adapter, {})
    const crowd = await CrowdProcess.start()
    const heaps: number[] = []
    for (let round = 1; round <= ROUNDS; round++) {
      // An address of its own, so that no port is needed that an earlier round has used.
      await crowd.connect('all', CLIENTS, { ...server, from: `127.0.1.${round}` })
      await server.holds(CLIENTS)
      await crowd.leave('all', 'mixed')
      await server.holds(0)
      // The server keeps what has happened until it is asked.
      expect(await server.ends()).toHaveLength(round * CLIENTS)
      heaps.push((await server.memory()).heapUsed)
    }
    const [first = 0] = heaps
    const growth = (heaps.at(-1) ?? 0) - first
    expect(growth).toBeLessThanOrEqual(GROWTH)
    console.log(
      `${ROUNDS} rounds of ${CLIENTS} clients, ${adapter.name}: heap after each ` +
        `${heaps.map((heap) => (heap / 1e6).toFixed(2)).join(', ')} MB ` +
        `(growth ${(growth / 1024).toFixed(0)} KiB, allowed ${GROWTH / 1024})`,
    )
    await server.leave()
  })
}
