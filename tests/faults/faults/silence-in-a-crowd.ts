import type { Adapter } from '@wirebeat/test-support'
import { expect, test } from 'vitest'
import type { Census } from '../src/server-protocol.ts'
import { CrowdProcess } from './crowd-process.ts'
import { Lateness } from './lateness.ts'
import { ServerProcess } from './server-process.ts'
import { Silence } from './silence.ts'

const X = 10_000
const BUSY = 9_000
const SILENT = 1_000

/**
 * With more than a thousand sockets that are always ready, Node reads on for 49,152 events before it
 * looks at a timer again, so what waits for timers would be late by seconds.
 */
export function testSilenceInACrowd(adapter: Adapter): void {
  test('1,000 of 10,000 that fall silent are ended in time, with the other 9,000 at full load', async () => {
    const server = await ServerProcess.start(adapter, { keepAliveInterval: X })
    const [busy, silent] = await Promise.all([CrowdProcess.start(), CrowdProcess.start()])
    await busy.connect('busy', BUSY, { ...server, from: '127.0.0.2' })
    await silent.connect('silent', SILENT, { ...server, from: '127.0.0.3' })
    await server.holds(BUSY + SILENT)
    // As fast as the echoes come.
    await busy.exchange('busy', 0)
    await silent.hush('silent')
    await busy.begin('busy')
    const from = await server.census()

    const silence = new Silence(X)
    const ends = await server.endsOf(SILENT, 2 * silence.most)
    const to = await server.census()
    expect(new Set(ends.map((end) => end.from))).toEqual(new Set(['127.0.0.3']))
    expect(ends).toHaveLength(SILENT)
    const figures = silence.holdsFor(ends, new Lateness(await server.standstills()))
    const { open, echoes, fewestEchoes } = await busy.report('busy')
    expect(open).toBe(BUSY)
    expect(fewestEchoes, 'echoes to each of the others').toBeGreaterThan(0)
    console.log(
      `silence in a crowd, ${adapter.name}: ${figures}, 0 of ${BUSY} others, ` +
        describeLoad(echoes, from, to),
    )
    await Promise.all([busy.leave('busy'), silent.leave('silent')])
    await server.holds(0)
    await server.leave()
  })
}

function describeLoad(echoes: number, from: Census, to: Census): string {
  const time = to.at - from.at
  const rate = ((echoes / time) * 1_000).toFixed(0)
  const share = (((to.cpu - from.cpu) / time) * 100).toFixed(0)
  const late = to.latestTimer.toFixed(0)
  return `which exchanged ${rate} messages a second (server at ${share} % of a core, its timers up to ${late} ms late)`
}
