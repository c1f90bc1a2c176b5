import { type Adapter, can } from '@wirebeat/test-support'
import { expect, test } from 'vitest'
import { holdWithin, type Measured } from './bound.ts'
import { CrowdProcess } from './crowd-process.ts'
import { eventually } from './eventually.ts'
import { Lateness } from './lateness.ts'
import { ServerProcess } from './server-process.ts'

const ANSWERING = 9_000
const UNRESPONSIVE = 1_000
const ALL: number = ANSWERING + UNRESPONSIVE
const DEADLINE = 8_000
const SPREAD = 5_000
/** Milliseconds by which a close frame may come earlier or later than an even spread has it. */
const UNEVENNESS = 500

export function testShutdown(adapter: Adapter): void {
  test('10,000 clients are sent away evenly, and all are accounted for', async () => {
    // Longer than the deadline, so that it is the deadline that ends who does not answer.
    const server = await ServerProcess.start(adapter, { closeTimeout: 2 * DEADLINE })
    const crowd = await CrowdProcess.start()
    const unresponsive = { ...server, from: '127.0.0.3', answersClose: false }
    await crowd.connect('answering', ANSWERING, { ...server, from: '127.0.0.2' })
    await crowd.connect('unresponsive', UNRESPONSIVE, unresponsive)
    await server.holds(ALL)

    const { report, from, standstills } = await server.close(DEADLINE, SPREAD)
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
    const due = times
      .toSorted((a, b) => a - b)
      .map((at, index) => ({ at, due: from + (SPREAD * index) / ALL }))
    // Lateness of the machine makes nothing early.
    const early = due.map((one): Measured => ({ value: one.due - one.at, lateness: 0 }))
    holdWithin('ms that a close frame is early', UNEVENNESS, early)
    const lateness = new Lateness(standstills, await crowd.standstills())
    const late = due.map((one) => measureLate(one, lateness))
    holdWithin('ms that a close frame is late', UNEVENNESS, late)
    const unevenness = Math.max(...[...early, ...late].map(({ value }) => value))
    console.log(
      `shutdown, ${adapter.name}: ${JSON.stringify(report)}; close frames over ${SPREAD} ms, none more ` +
        `than ${unevenness.toFixed(0)} ms from an even spread (allowed ${UNEVENNESS}); ` +
        `exit by itself ${exit.toFixed(0)} ms later`,
    )
  })

  test('a handshake that waits for authorize while the endpoint closes is refused', async () => {
    const server = await ServerProcess.start(adapter, { gated: true })
    const crowd = await CrowdProcess.start()
    const early = crowd.connect('early', 100, { ...server, atATime: 100 })
    await eventually('handshakes', 30_000, async () => (await server.waiting()) === 100)
    await server.admit()
    await early
    const late = await crowd.tryToConnect('late', 10, { ...server, atATime: 10, patience: 200 })
    expect(late.waiting).toBe(10)
    await eventually('10 handshakes more', 30_000, async () => (await server.waiting()) === 10)

    const { total, causes } = (await server.close(5_000)).report
    expect({ total, causes }).toEqual({ total: 100, causes: { shutdown: 100 } })
    const exit = await server.exits()
    const refused = await eventually('the refusals', 30_000, async () => {
      const { waiting, ...rest } = await crowd.handshakes('late')
      return waiting === 0 && rest
    })
    expect(refused).toEqual({ open: 0, refused: { 503: 10 }, failed: 0 })
    console.log(
      `shutdown with authorize under way, ${adapter.name}: 100 sent away, 10 refused with 503; exit by ` +
        `itself ${exit.toFixed(0)} ms later`,
    )
  })
}

function measureLate(
  { at, due }: { readonly at: number; readonly due: number },
  lateness: Lateness,
): Measured {
  return { value: at - due, lateness: lateness.withBacklog(due, at) }
}
