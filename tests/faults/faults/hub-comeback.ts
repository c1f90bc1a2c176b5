import type { Adapter } from '@wirebeat/test-support'
import { expect, test } from 'vitest'
import { holdWithin, type Measured } from './bound.ts'
import { Front, standstills as ofTheFront } from './front.ts'
import { HOST, HubClientsProcess, HubProcess } from './hub-process.ts'
import { Lateness } from './lateness.ts'

const CLIENTS = 1_000
/** Milliseconds. */
const SPREAD = 6_000
const DEADLINE = 20_000
/**
 * Milliseconds by which a client may leave earlier or later than an even spread has it. `shutdown.ts` holds a server to
 * less. Here the clients come back meanwhile, which keeps their process busy.
 */
const UNEVENNESS = 1_500

export function testHubComeback(adapter: Adapter): void {
  test('1,000 clients of a hub come back after its server was killed, and none is lost in silence', async () => {
    const { first, front, clients } = await connected(adapter)
    await first.kill()
    const second = await HubProcess.start(adapter)
    front.target = second.port

    const { back, took } = await allAreBack(clients, second)
    expect(await second.opened()).toHaveLength(back)
    console.log(
      `hub killed, ${adapter.name}: all ${back} clients were back and called within ${took.toFixed(0)} ms`,
    )
    await second.close(DEADLINE, 0)
  })

  test('1,000 clients of a hub leave one after the other in a shutdown, and come back to another server', async () => {
    const { first, front, clients } = await connected(adapter)
    const second = await HubProcess.start(adapter)
    front.target = second.port
    const { report, from, standstills } = await first.close(DEADLINE, SPREAD)
    expect(report).toMatchObject({ total: CLIENTS, causes: { shutdown: CLIENTS } })

    const { left } = await allAreBack(clients, second)
    const late = new Lateness(standstills, await clients.standstills(), ofTheFront.all)
    const due = left.map((at, index) => ({ at, due: from + (SPREAD * index) / CLIENTS }))
    const early = due.map((one): Measured => ({ value: one.due - one.at, lateness: 0 }))
    holdWithin('ms that a client leaves early', UNEVENNESS, early)
    const behind = due.map(
      (one): Measured => ({
        value: one.at - one.due,
        lateness: late.withBacklog(one.due, one.at),
      }),
    )
    holdWithin('ms that a client leaves late', UNEVENNESS, behind)
    const unevenness = Math.max(...[...early, ...behind].map(({ value }) => value))
    console.log(
      `hub shut down, ${adapter.name}: ${CLIENTS} clients left over ${SPREAD} ms, none more than ` +
        `${unevenness.toFixed(0)} ms from an even spread (allowed ${UNEVENNESS}), and all came back`,
    )
    await second.close(DEADLINE, 0)
  })
}

/** Clients of a hub behind a front. */
async function connected(adapter: Adapter): Promise<{
  readonly first: HubProcess
  readonly front: Front
  readonly clients: HubClientsProcess
}> {
  const first = await HubProcess.start(adapter)
  const front = await Front.open(HOST, first.port)
  const clients = await HubClientsProcess.start()
  await clients.connect(front.port, CLIENTS)
  await first.holds(CLIENTS)
  expect(await clients.call()).toBe(CLIENTS)
  return { first, front, clients }
}

/** Holds that every client was told of its loss and of its return, and is really there. */
async function allAreBack(
  clients: HubClientsProcess,
  hub: HubProcess,
): Promise<{ readonly back: number; readonly took: number; readonly left: readonly number[] }> {
  const { connected, closed, left, back, sameIds } = await clients.back(CLIENTS)
  const counts = { connected, closed, left: left.length, back: back.length, sameIds }
  expect(counts).toEqual({
    connected: CLIENTS,
    closed: [],
    left: CLIENTS,
    back: CLIENTS,
    sameIds: 0,
  })
  await hub.holds(CLIENTS)
  expect(await clients.call()).toBe(CLIENTS)
  await hub.tell('welcome back')
  expect(await clients.heard('welcome back', CLIENTS)).toBe(CLIENTS)
  return { back: back.length, took: (back.at(-1) ?? 0) - (left[0] ?? 0), left }
}
