import { type Adapter, can } from '@wirebeat/test-support'
import { expect, test } from 'vitest'
import { CrowdProcess } from './crowd-process.ts'
import { eventually } from './eventually.ts'
import { ServerProcess } from './server-process.ts'

const ANSWERING = 9_000
const UNRESPONSIVE = 1_000
const ALL: number = ANSWERING + UNRESPONSIVE
const DEADLINE = 8_000
const SPREAD = 5_000
/** Milliseconds by which a close frame may come earlier or later than an even spread has it. */
const UNEVENNESS = 500

export function testDrain(adapter: Adapter): void {
  test('10,000 clients are sent away evenly, and all are accounted for', async () => {
    // Longer than the deadline, so that it is the deadline that ends who does not answer.
    const server = await ServerProcess.start(adapter, { closeTimeout: 2 * DEADLINE })
    const crowd = await CrowdProcess.start()
    const unresponsive = { ...server, from: '127.0.0.3', answersClose: false }
    await crowd.connect('answering', ANSWERING, { ...server, from: '127.0.0.2' })
    await crowd.connect('unresponsive', UNRESPONSIVE, unresponsive)
    await server.holds(ALL)

    const report = await server.close(DEADLINE, SPREAD)
    const seesAnswers = can(adapter, 'close-answer')
    expect(report).toEqual({
      total: ALL,
      clean: seesAnswers ? ANSWERING : 0,
      terminated: seesAnswers ? UNRESPONSIVE : 0,
      causes: { shutdown: ALL },
    })
    const exit = await server.exits()

    const times: number[] = []
    for (const group of ['answering', 'unresponsive']) {
      const { code1001, others } = await crowd.closes(group)
      expect(others, 'close frames with another code').toBe(0)
      times.push(...code1001)
    }
    expect(times).toHaveLength(ALL)
    const unevenness = farthestFromEven(times)
    expect(unevenness).toBeLessThanOrEqual(UNEVENNESS)
    console.log(
      `drain, ${adapter.name}: ${JSON.stringify(report)}; close frames over ${SPREAD} ms, none more ` +
        `than ${unevenness.toFixed(0)} ms from an even spread (allowed ${UNEVENNESS}); ` +
        `exit by itself ${exit.toFixed(0)} ms later`,
    )
  })

  test('a handshake that waits for authorize while the endpoint closes is refused', async () => {
    const server = await ServerProcess.start(adapter, { gated: true })
    const crowd = await CrowdProcess.start()
    const early = crowd.connect('early', 100, { ...server, atATime: 100 })
    await eventually('handshakes', 5_000, async () => (await server.waiting()) === 100)
    await server.admit()
    await early
    const late = await crowd.tryToConnect('late', 10, { ...server, atATime: 10, patience: 200 })
    expect(late.waiting).toBe(10)
    expect(await server.waiting()).toBe(10)

    const { total, causes } = await server.close(5_000)
    expect({ total, causes }).toEqual({ total: 100, causes: { shutdown: 100 } })
    const exit = await server.exits()
    const refused = await eventually('the refusals', 5_000, async () => {
      const { waiting, ...rest } = await crowd.handshakes('late')
      return waiting === 0 && rest
    })
    expect(refused).toEqual({ open: 0, refused: { 503: 10 }, failed: 0 })
    console.log(
      `drain with authorize under way, ${adapter.name}: 100 sent away, 10 refused with 503; exit by ` +
        `itself ${exit.toFixed(0)} ms later`,
    )
  })
}

/** How far the time that is farthest from an even spread is from it. */
function farthestFromEven(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b)
  const [first = 0] = sorted
  const deviations = sorted.map((time, index) => time - first - (SPREAD * index) / sorted.length)
  return Math.max(...deviations.map(Math.abs))
}
