import { setTimeout as delay } from 'node:timers/promises'
import { heartbeatTolerance } from '@wirebeat/core/adapter'
import type { Adapter } from '@wirebeat/test-support'
import { expect, test } from 'vitest'
import { holdWithin } from './bound.ts'
import { CrowdProcess } from './crowd-process.ts'
import { Lateness } from './lateness.ts'
import { ServerProcess } from './server-process.ts'
import { Silence } from './silence.ts'

const X = 1_000
const CLIENTS = 100

export function testStoppedServer(adapter: Adapter): void {
  test('a server that was stopped for 3X ends none of its living clients', async () => {
    const server = await ServerProcess.start(adapter, { keepAliveInterval: X })
    const crowd = await CrowdProcess.start()
    // One speaks, one only answers pings, and one does neither.
    await crowd.connect('speaking', CLIENTS, { ...server, from: '127.0.0.2' })
    await crowd.connect('answering', CLIENTS, { ...server, from: '127.0.0.3' })
    await crowd.connect('silent', CLIENTS, { ...server, from: '127.0.0.4' })
    await crowd.exchange('speaking', 100)
    await crowd.hush('silent')
    await server.holds(3 * CLIENTS)
    // The heartbeat counts a sign of life from the end of the turn in which it came, and of a turn in
    // which the process is stopped that is after the waking.
    await delay(heartbeatTolerance(X))

    const stoppedAt = server.signal('SIGSTOP')
    await delay(3 * X)
    const wokenAt = server.signal('SIGCONT')
    const ends = await server.endsOf(CLIENTS, 10 * X)
    // Long enough for any other that would be ended for what was missed meanwhile.
    await delay(new Silence(X).most)

    expect(new Set(ends.map(({ cause, from }) => `${cause} ${from}`))).toEqual(
      new Set(['heartbeat 127.0.0.4']),
    )
    // A jump of the clock gives everybody one more X.
    const lateness = new Lateness(await server.standstills())
    const measured = ends.map(({ at, lastSign }) => {
      const due = Math.max(wokenAt + X, lastSign + 2 * X)
      return { value: at - due, lateness: lateness.after(wokenAt) + lateness.within(due, at) }
    })
    const late = measured.map(({ value }) => value)
    const [shortest, longest] = [Math.min(...late), Math.max(...late)]
    expect(shortest).toBeGreaterThanOrEqual(0)
    holdWithin('ms that an end after the waking is late', heartbeatTolerance(X), measured)
    await server.holds(2 * CLIENTS)
    expect(await server.ends()).toHaveLength(CLIENTS)
    console.log(
      `stopped server, ${adapter.name}: after ${(wokenAt - stoppedAt).toFixed(0)} ms ` +
        `${2 * CLIENTS} living clients survived; ${CLIENTS} silent ones ended, ` +
        `${shortest.toFixed(0)}..${longest.toFixed(0)} ms after what was left of their time and one ` +
        `more X (allowed 0..${heartbeatTolerance(X)})`,
    )
    await server.leave()
  })
}
