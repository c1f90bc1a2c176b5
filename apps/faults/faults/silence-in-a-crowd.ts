import { expect, test } from 'vitest'
import type { Adapter } from '../src/adapters.ts'
import { CrowdProcess } from './crowd-process.ts'
import { ServerProcess } from './server-process.ts'
import { Silence } from './silence.ts'

const X = 10_000
const BUSY = 9_000
const SILENT = 1_000

export function testSilenceInACrowd(adapter: Adapter): void {
  test('1,000 of 10,000 that fall silent are ended in time, while 9,000 exchange messages', async () => {
    const server = await ServerProcess.start(adapter, { keepAliveInterval: X })
    const [busy, silent] = await Promise.all([CrowdProcess.start(), CrowdProcess.start()])
    await busy.connect('busy', BUSY, { ...server, from: '127.0.0.2' })
    await silent.connect('silent', SILENT, { ...server, from: '127.0.0.3' })
    await server.holds(BUSY + SILENT)

    await busy.exchange('busy', 0)
    await silent.hush('silent')
    await busy.begin('busy')
    const from = await server.census()
    const silence = new Silence(X)
    const ends = await server.endsOf(SILENT, 1.5 * silence.most)
    const to = await server.census()

    console.log('TIMER', to.latestTimer, Math.max(...ends.map((e)=>e.at-e.lastSign)), (await busy.report('busy')).echoes)
    expect(new Set(ends.map((end) => end.from))).toEqual(new Set(['127.0.0.3']))
    const figures = silence.holdsFor(ends)
    const { open, echoes, fewestEchoes } = await busy.report('busy')
    expect(open).toBe(BUSY)
    expect(fewestEchoes, 'echoes to each of the others').toBeGreaterThan(0)
    expect((await server.ends()).length).toBe(SILENT)
    const rate = (echoes / (to.at - from.at)) * 1_000
    const share = ((to.cpu - from.cpu) / (to.at - from.at)) * 100
    console.log(
      `silence in a crowd, ${adapter.name}: ${figures}, 0 of ${BUSY} others, ` +
        `which exchanged ${rate.toFixed(0)} messages a second (server at ${share.toFixed(0)} % of a core, its timers ` +
        `up to ${to.latestTimer.toFixed(0)} ms late)`,
    )
    await Promise.all([busy.leave('busy'), silent.leave('silent')])
    await server.holds(0)
    await server.leave()
  })
}
