import { setTimeout as delay } from 'node:timers/promises'
import { type Adapter, can } from '@wirebeat/test-support'
import { median } from '@wirebeat/test-support/measure'
import { expect, test } from 'vitest'
import { monotonic } from '../src/monotonic.ts'
import { causesOfFlood } from './backpressure.ts'
import { holdWithin } from './bound.ts'
import { CrowdProcess } from './crowd-process.ts'
import { Lateness } from './lateness.ts'
import { ServerProcess } from './server-process.ts'

const OTHERS = 20
/** Milliseconds from message to message of each of the others. */
const PACE = 20
const ROUNDS = 3
/** Milliseconds of one measurement. */
const WINDOW = 1_000
/** By how many milliseconds a flood may delay one in a hundred messages of others. */
const DELAY = 25
/**
 * Milliseconds below which a latency is not held against its quiet value, because two cores are busy with three
 * processes. Without fairness a flood delays others for as long as it lasts.
 */
const NOISE_FLOOR = 200

export function testFairness(adapter: Adapter): void {
  test.each(['empty messages', 'pings', 'pongs', 'fragments'] as const)(
    'a client that sends %s without end does not keep the others waiting',
    async (kind) => {
      const server = await ServerProcess.start(adapter, { session: 'working' })
      const [flood, others] = await Promise.all([CrowdProcess.start(), CrowdProcess.start()])
      await others.connect('others', OTHERS, { ...server, from: '127.0.0.2' })
      await others.exchange('others', PACE)
      const quiet: number[] = []
      const loaded: number[] = []
      const windows: (readonly [from: number, to: number])[] = []
      for (let round = 1; round <= ROUNDS; round++) {
        quiet.push(await p99(others))
        await flood.connect('flood', 1, { ...server, from: '127.0.0.3' })
        await flood.swamp('flood', kind)
        const from = monotonic()
        loaded.push(await p99(others))
        windows.push([from, monotonic()])
        if (can(adapter, 'pause')) await flood.leave('flood')
        const ends = await server.endsOf(round, 60_000)
        if (!can(adapter, 'pause')) await flood.leave('flood')
        expect(causesOfFlood(adapter)).toContain(ends.at(-1)?.cause)
      }
      const [before = 0, meanwhile = 0] = [median(quiet), median(loaded)]
      const late = new Lateness(await server.standstills(), await others.standstills())
      const lateness = median(windows.map((window) => late.longest(...window))) ?? 0
      const allowed = Math.max(before + DELAY, NOISE_FLOOR)
      holdWithin(`ms of p99 beside ${kind} without end`, allowed, [{ value: meanwhile, lateness }])
      console.log(
        `fairness, ${adapter.name}: p99 of ${OTHERS} others ${before.toFixed(1)} ms quiet, ` +
          `${meanwhile.toFixed(1)} ms beside a client that sends ${kind} without end ` +
          `(aim ${(before + DELAY).toFixed(0)}, allowed ${allowed.toFixed(0)})`,
      )
      await server.leave()
    },
  )
}

/** Milliseconds. */
async function p99(crowd: CrowdProcess): Promise<number> {
  await crowd.begin('others')
  await delay(WINDOW)
  const { latency, open } = await crowd.report('others')
  expect(open).toBe(OTHERS)
  return latency?.p99 ?? Number.POSITIVE_INFINITY
}
