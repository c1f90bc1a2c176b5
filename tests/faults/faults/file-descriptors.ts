import { setTimeout as delay } from 'node:timers/promises'
import type { Adapter } from '@wirebeat/test-support'
import { expect, test } from 'vitest'
import { CrowdProcess } from './crowd-process.ts'
import { eventually } from './eventually.ts'
import { ServerProcess } from './server-process.ts'

const FILES = 100
const CLIENTS = 200
/** Milliseconds that the server is watched while it has no file left. */
const SHORTAGE = 2_000

export function testFileDescriptors(adapter: Adapter): void {
  test('a server that runs out of files refuses or lets wait, and recovers', async () => {
    const server = await ServerProcess.start(adapter, {}, { files: FILES })
    const crowd = await CrowdProcess.start()
    const where = { ...server, atATime: CLIENTS, patience: 3_000 }
    const first = await crowd.tryToConnect('too many', CLIENTS, where)
    expect(first.open).toBeGreaterThan(FILES / 2)
    expect(first.open).toBeLessThan(FILES)
    expect(first.open + first.failed + first.waiting).toBe(CLIENTS)

    const from = await server.census()
    await crowd.begin('too many')
    await crowd.exchange('too many', 100)
    await delay(SHORTAGE)
    const to = await server.census()
    const { fewestEchoes } = await crowd.report('too many')
    expect(fewestEchoes, 'echoes to those that are connected').toBeGreaterThan(0)

    await crowd.leave('too many')
    await server.holds(0)
    await crowd.connect('after', 1, server)
    await crowd.exchange('after', 0)
    await eventually('an echo', 30_000, async () => (await crowd.report('after')).echoes > 0)
    const share = ((to.cpu - from.cpu) / (to.at - from.at)) * 100
    console.log(
      `no files left, ${adapter.name}: of ${CLIENTS} clients and ${FILES} files ${first.open} open, ` +
        `${first.failed} turned away, ${first.waiting} waiting; meanwhile ${share.toFixed(0)} % of a ` +
        'core; a new client echoes afterwards',
    )
    await server.leave()
  })
}
