import { setTimeout as delay } from 'node:timers/promises'
import type { Adapter } from '@wirebeat/test-support'
import { expect, test } from 'vitest'
import { CrowdProcess } from './crowd-process.ts'
import { eventually } from './eventually.ts'
import { Lateness } from './lateness.ts'
import { ServerProcess } from './server-process.ts'
import { Silence } from './silence.ts'

const X = 2_000
const CLIENTS = 100
/** Milliseconds from message to message, so that a client is heard until it is stopped. */
const PACE = 50

export function testStoppedClients(adapter: Adapter): void {
  test('clients that are stopped for less than 2X survive, and for longer are ended', async () => {
    const server = await ServerProcess.start(adapter, { keepAliveInterval: X })
    const [napping, sleeping] = await Promise.all([CrowdProcess.start(), CrowdProcess.start()])
    for (const [crowd, from] of [
      [napping, '127.0.0.2'],
      [sleeping, '127.0.0.3'],
    ] as const) {
      await crowd.connect('all', CLIENTS, { ...server, from })
      await crowd.exchange('all', PACE)
    }
    await server.holds(2 * CLIENTS)

    sleeping.signal('SIGSTOP')
    const from = napping.signal('SIGSTOP')
    await delay(1.2 * X)
    const nap = napping.signal('SIGCONT') - from
    const silence = new Silence(X)
    const ends = await server.endsOf(CLIENTS, 2 * silence.most)
    sleeping.signal('SIGCONT')
    expect(new Set(ends.map((end) => end.from))).toEqual(new Set(['127.0.0.3']))
    const figures = silence.holdsFor(ends, new Lateness(await server.standstills()))

    await napping.begin('all')
    await eventually('an echo to each of the others', 30_000, async () => {
      const { open, fewestEchoes } = await napping.report('all')
      return open === CLIENTS && fewestEchoes > 0
    })
    console.log(
      `stopped clients, ${adapter.name}: ${CLIENTS} survived ${nap.toFixed(0)} ms; ${figures}`,
    )
    await server.leave()
  })
}
