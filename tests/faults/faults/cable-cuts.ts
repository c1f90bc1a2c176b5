import { setTimeout as delay } from 'node:timers/promises'
import { type Adapter, adaptersInProcesses } from '@wirebeat/test-support'
import { test } from 'vitest'
import { monotonic } from '../src/monotonic.ts'
import { BothEnds, type Cut } from './both-ends.ts'
import { chooseSeed, type PlannedCut, planCuts } from './cut-plan.ts'
import { Cable, Namespace } from './namespace.ts'
import { ReconnectingProcess } from './reconnecting-process.ts'
import { ServerProcess } from './server-process.ts'
import { Silence } from './silence.ts'

/**
 * Milliseconds. TCP tries again 1.4 s after it was cut off: that is after the short cuts are mended,
 * and before the server has waited for 2X, so that some connections live on.
 */
const X = 800
const CABLES = 5
/** In parts of X. */
const CUTS: readonly number[] = [1.5, 1.5, 1.5, 1.5, 1.5, 3, 3, 3, 3, 3]
/** Clients behind each cable, half of them with the WebSocket of ws and half with that of undici. */
const CLIENTS = 4
/** Milliseconds from message to message of each client. */
const PACE = 20
const HEARTBEAT = { heartbeatMessage: 'beat', keepAliveInterval: X }

/** A cable, and the clients behind it. */
interface Link {
  readonly cable: Cable
  readonly names: readonly string[]
}

export function testCableCuts(): void {
  test('a client that talks while its cable is cut again and again loses no message unsaid', async () => {
    // At the same time, because they mostly wait.
    const seed = chooseSeed()
    await Promise.all(adaptersInProcesses().map((adapter) => cutCables(adapter, seed)))
  })
}

async function cutCables(adapter: Adapter, seed: number): Promise<void> {
  const [near, far] = [Namespace.add(), Namespace.add()]
  const server = await ServerProcess.start(
    adapter,
    { host: '0.0.0.0', session: 'recording', ...HEARTBEAT },
    { namespace: near },
  )
  const clients = await ReconnectingProcess.start({ namespace: far })
  const plans = planCuts(seed, CABLES, CUTS)
  const links = plans.map((_, number) => ({
    cable: Cable.plug(near, far, number),
    names: Array.from({ length: CLIENTS }, (_, index) => `${number}.${index}`),
  }))
  const names = links.flatMap((link) => link.names)
  for (const link of links) await connect(clients, server, link)
  await clients.areOpen(names)

  const cuts = await Promise.all(
    links.map((link, number) => cutAgainAndAgain(clients, link, plans[number] ?? [])),
  )
  await clients.close(names)
  await server.holds(0)

  const ends = new BothEnds(X, {
    diaries: await clients.diaries(names),
    standstills: await clients.standstills(),
    serverStandstills: await server.standstills(),
    events: await server.events(),
    received: await server.received(),
  })
  try {
    const figures = [ends.messages(), ends.silences(), ends.cuts(cuts.flat())]
    console.log(`cable cuts, ${adapter.name}, WIREBEAT_SEED=${seed}: ${figures.join('; ')}`)
  } catch (error) {
    throw new Error(`adapter ${adapter.name}, WIREBEAT_SEED=${seed}`, { cause: error })
  }
  await server.leave()
}

async function connect(
  clients: ReconnectingProcess,
  { port }: ServerProcess,
  { cable, names }: Link,
): Promise<void> {
  const settings = {
    baseDelay: 50,
    maxDelay: 200,
    // Else it waits for TCP, which tries again after 1, 3 and 7 seconds.
    connectTimeout: X / 2,
    maxUnconfirmedSize: 2 ** 20,
    ...HEARTBEAT,
  }
  const how = { url: `ws://${cable.addresses[0]}:${port}/ws`, settings, pace: PACE }
  const half = names.length / 2
  await clients.connect({ ...how, webSocket: 'ws', names: names.slice(0, half) })
  await clients.connect({ ...how, webSocket: 'undici', names: names.slice(half) })
}

async function cutAgainAndAgain(
  clients: ReconnectingProcess,
  { cable, names }: Link,
  plan: readonly PlannedCut[],
): Promise<readonly Cut[]> {
  const cuts: Cut[] = []
  for (const { rest, length, end } of plan) {
    await delay(rest * X)
    const from = monotonic()
    cable.cut(end)
    await delay(length * X)
    const mendedAt = monotonic()
    cable.mend(end)
    // By then whoever has to notice has done so, and has told the other end.
    await delay(Math.max(0, from + new Silence(X).most + X / 2 - monotonic()))
    await clients.areOpen(names)
    cuts.push({ names, from, mendedAt, settledAt: monotonic() })
  }
  return cuts
}
