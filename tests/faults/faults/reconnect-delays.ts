import type { Adapter } from '@wirebeat/test-support'
import { expect, test } from 'vitest'
import { holdWithin, type Measured } from './bound.ts'
import { eventually } from './eventually.ts'
import { Lateness } from './lateness.ts'
import { Namespace } from './namespace.ts'
import { ReconnectingProcess } from './reconnecting-process.ts'
import { ServerProcess } from './server-process.ts'
import { chanceOfUniform } from './uniformity.ts'

const CLIENTS = 400
/** Below those that clients connect from. */
const PORT = 5_000
/** Milliseconds. */
const BASE_DELAY = 100
const MAX_DELAY = 500
/** Of each client. From the fourth on the delay grows no more. */
const RETRIES = 6
/** Milliseconds. Node counts a timer from the beginning of the turn in which it is set. */
const TURN = 50
/** So that the test practically never fails by pure chance. */
const LEAST_CHANCE = 1e-9

export function testReconnectDelays(adapter: Adapter): void {
  test('the delays of clients whose server is gone are evenly spread, up to twice as long each time', async () => {
    // Else another program might take the port, or a client that connects to it from that very port.
    const namespace = Namespace.add()
    const server = await ServerProcess.start(adapter, { port: PORT }, { namespace })
    const clients = await ReconnectingProcess.start({ namespace })
    const names = Array.from({ length: CLIENTS }, (_, index) => `${index}`)
    const url = `ws://${server.host}:${PORT}/ws`
    const settings = { baseDelay: BASE_DELAY, maxDelay: MAX_DELAY }
    await clients.connect({ url, names, webSocket: 'ws', settings })
    await clients.areOpen(names)
    await server.kill()
    const diaries = await eventually(`${RETRIES} retries of each`, 120_000, async () => {
      const all = await clients.diaries(names)
      return all.every((diary) => diary.waits.length >= RETRIES) && all
    })

    const figures: string[] = []
    const waits = diaries.flatMap((diary) => diary.waits)
    for (let retries = 0; retries < RETRIES; retries++) {
      const most = Math.min(MAX_DELAY, BASE_DELAY * 2 ** retries)
      const delays = waits.filter((wait) => wait.retries === retries).map((wait) => wait.announced)
      // One whose process was kept from running before it could announce its delay has less than none left.
      const chance = chanceOfUniform(delays.map((one) => Math.max(0, one) / most))
      const longest = Math.max(...delays)
      figures.push(
        `${retries}: ${delays.length} up to ${longest.toFixed(0)} of ${most} ms, p ${chance.toPrecision(1)}`,
      )
      expect(delays.length).toBeGreaterThanOrEqual(CLIENTS)
      expect(longest).toBeLessThanOrEqual(most)
      expect(chance, figures.at(-1)).toBeGreaterThan(LEAST_CHANCE)
    }
    const late = waits.map(({ announced, taken }) => taken - announced)
    // A turn is longer by what the process was kept from running in it.
    const lateness = new Lateness(await clients.standstills())
    const early: Measured[] = []
    const past: Measured[] = []
    for (const { due, announced, taken } of waits) {
      const toldAt = due - announced
      const inTurn = lateness.longest(toldAt - TURN, toldAt)
      early.push({ value: announced - taken, lateness: inTurn })
      past.push({ value: -announced, lateness: inTurn })
    }
    holdWithin('ms that an attempt is early', TURN, early)
    holdWithin('ms by which a delay is over when it is announced', TURN, past)
    console.log(
      `reconnect delays, ${adapter.name}: ${figures.join('; ')} (least p allowed ${LEAST_CHANCE}); ` +
        `the attempts came ${Math.min(...late).toFixed(1)}..${Math.max(...late).toFixed(1)} ms after them`,
    )
  })
}
