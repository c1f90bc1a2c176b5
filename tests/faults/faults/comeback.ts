import { setTimeout as delay } from 'node:timers/promises'
import type { Adapter } from '@wirebeat/test-support'
import { expect, test } from 'vitest'
import { holdWithin } from './bound.ts'
import { Lateness } from './lateness.ts'
import { Namespace } from './namespace.ts'
import { ReconnectingProcess } from './reconnecting-process.ts'
import { ServerProcess } from './server-process.ts'

const CLIENTS = 1_000
/** Below those that clients connect from. */
const PORT = 5_000
/** Milliseconds. The third delay is as long as any. */
const BASE_DELAY = 1_000
const MAX_DELAY = 4_000
/** Milliseconds until there is a server again: by then most clients wait for the longest delay. */
const DOWNTIME = 3_000
/** Milliseconds in which handshakes are counted. */
const WINDOW = 100
/**
 * How many times the mean may be due in one window. Of clients that all wait with full jitter, twice the
 * mean comes first, and ever fewer later. The rest is chance.
 */
const PEAK = 4
/** The same for handshakes, which a process that stands still for a moment makes up for at once. */
const HANDSHAKE_PEAK = 10

export function testComeback(adapter: Adapter): void {
  test('1,000 clients whose server was killed come back one after the other', async () => {
    // Where nothing else can take the port meanwhile.
    const namespace = Namespace.add()
    const first = await ServerProcess.start(adapter, { port: PORT }, { namespace })
    const clients = await ReconnectingProcess.start({ namespace })
    const names = Array.from({ length: CLIENTS }, (_, index) => `${index}`)
    const settings = { baseDelay: BASE_DELAY, maxDelay: MAX_DELAY }
    await clients.connect({
      url: `ws://${first.host}:${PORT}/ws`,
      names,
      webSocket: 'ws',
      settings,
    })
    await clients.areOpen(names)
    await first.kill()
    await delay(DOWNTIME)

    const second = await ServerProcess.start(adapter, { port: PORT }, { namespace })
    await clients.areOpen(names)
    await second.holds(CLIENTS)
    const opened = (await second.events()).filter(({ kind }) => kind === 'open')
    expect(opened).toHaveLength(CLIENTS)
    const times = opened.map(({ at }) => at)
    const busiest = mostWithin(WINDOW, times)
    const mean = (CLIENTS * WINDOW) / MAX_DELAY
    // What was due while a process was kept from running comes at once afterwards.
    const late = new Lateness(await second.standstills(), await clients.standstills())
    const standstill = late.longest(times[0] ?? 0, times.at(-1) ?? 0)
    const lateness = (PEAK * mean * standstill) / WINDOW
    const measured = [{ value: busiest, lateness }]
    holdWithin(`handshakes in the busiest ${WINDOW} ms`, HANDSHAKE_PEAK * mean, measured)
    const diaries = await clients.diaries(names)
    const due = diaries.map(({ waits }) => waits.at(-1)?.due ?? 0).toSorted((a, b) => a - b)
    const mostDue = mostWithin(WINDOW, due)
    expect(mostDue).toBeLessThanOrEqual(PEAK * mean)
    console.log(
      `comeback, ${adapter.name}: all ${CLIENTS} clients were back within ` +
        `${((times.at(-1) ?? 0) - (times[0] ?? 0)).toFixed(0)} ms; ${busiest} handshakes in the ` +
        `busiest ${WINDOW} ms, ${(busiest / mean).toFixed(1)} times the mean (allowed ` +
        `${HANDSHAKE_PEAK}), where ${mostDue} were due, ${(mostDue / mean).toFixed(1)} times (${PEAK})`,
    )
    await second.leave()
  })
}

/** @param times in ascending order */
function mostWithin(window: number, times: readonly number[]): number {
  let start = 0
  return times.reduce((most, time, index) => {
    while (time - (times[start] ?? time) > window) start++
    return Math.max(most, index - start + 1)
  }, 0)
}
