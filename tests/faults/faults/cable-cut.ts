import { setTimeout as delay } from 'node:timers/promises'
import type { Adapter } from '@wirebeat/test-support'
import { expect, test } from 'vitest'
import { CrowdProcess } from './crowd-process.ts'
import { Lateness } from './lateness.ts'
import { Cable, Namespace } from './namespace.ts'
import { ServerProcess } from './server-process.ts'
import { Silence } from './silence.ts'

const X = 2_000
const CLIENTS = 1_000
/** Milliseconds from message to message of each client, so that their last signs of life differ. */
const PACE = 500

export function testCableCut(adapter: Adapter): void {
  test('1,000 clients whose cable is cut are ended in time, and the other 1,000 are not', async () => {
    const [here, near, far] = [Namespace.add(), Namespace.add(), Namespace.add()]
    const cables = [Cable.plug(here, near, 1), Cable.plug(here, far, 2)] as const
    const server = await ServerProcess.start(
      adapter,
      { host: '0.0.0.0', keepAliveInterval: X },
      { namespace: here },
    )
    const crowds = await Promise.all(
      [near, far].map((namespace) => CrowdProcess.start({ namespace })),
    )
    for (const [index, crowd] of crowds.entries()) {
      const host = cables[index]?.addresses[0] ?? ''
      await crowd.connect('all', CLIENTS, { host, port: server.port })
      await crowd.exchange('all', PACE)
    }
    await server.holds(2 * CLIENTS)

    cables[0].cut()
    const silence = new Silence(X)
    await server.endsOf(CLIENTS, 2 * silence.most)
    // As long again, for others that would be ended as well.
    await delay(silence.most)

    const ends = await server.ends()
    expect(new Set(ends.map(({ from }) => from))).toEqual(new Set([cables[0].addresses[1]]))
    const figures = silence.holdsFor(ends, new Lateness(await server.standstills()))
    expect((await server.census()).open).toBe(CLIENTS)
    console.log(`cable cut, ${adapter.name}: ${figures}, 0 others`)
    await server.leave()
  })
}
