import { setTimeout as delay } from 'node:timers/promises'
import type { CloseCause } from '@wirebeat/core'
import { type Adapter, can } from '@wirebeat/test-support'
import { median } from '@wirebeat/test-support/measure'
import { expect, test } from 'vitest'
import { monotonic } from '../src/monotonic.ts'
import { holdWithin } from './bound.ts'
import { CrowdProcess } from './crowd-process.ts'
import { Lateness } from './lateness.ts'
import { ServerProcess } from './server-process.ts'

const MAX_BUFFERED_AMOUNT: number = 2 * 1024 * 1024
const RECEIVE_BUFFER_SIZE: number = 1024 * 1024
const MESSAGE: number = 64 * 1024
/** So many that what each of them costs stands out from what the process takes anyway. */
const FLOODERS = 50
const OTHERS = 20
/** Milliseconds from message to message of each of the others. */
const PACE = 20
const ROUNDS = 5
/** Milliseconds of one measurement, and that a flood goes on where it cannot be stopped. */
const WINDOW = 1_000
/**
 * Milliseconds below which a latency is not held against its quiet value: on two cores a server and
 * two processes full of clients, all of them busy, wait for each other.
 */
const NOISE_FLOOR = 200

export function testBackpressure(adapter: Adapter): void {
  for (const session of ['echo', 'echo-loop'] as const) {
    test(`clients that write and never read cost bounded memory (${session})`, async () => {
      const [server, flood] = await Promise.all([serve(adapter, session), CrowdProcess.start()])
      // The first one warms up what the process takes anyway.
      const growths: number[] = []
      for (let round = 1; round <= 2; round++) {
        await flood.connect('flood', FLOODERS, server)
        await server.holds(FLOODERS)
        const { resident } = await server.memory()
        await flood.flood('flood', MESSAGE)
        await delay(WINDOW)
        growths.push(((await server.peak()) - resident) / FLOODERS)
        await endFlood(adapter, server, flood, round * FLOODERS)
      }
      const allowed = MAX_BUFFERED_AMOUNT + RECEIVE_BUFFER_SIZE + MESSAGE
      const growth = Math.max(...growths)
      expect(growth).toBeLessThanOrEqual(allowed)
      console.log(
        `backpressure, ${session}, ${adapter.name}: ${FLOODERS} clients that write and never read ` +
          `cost ${growths.map(kib).join(', then ')} each (allowed ${kib(allowed)}), ` +
          `ended with ${causesOfFlood(adapter).join(' or ')}`,
      )
      await server.leave()
    })
  }

  test('a client that writes and never reads does not slow the others', async () => {
    const server = await serve(adapter, 'echo')
    const [flood, others] = await Promise.all([CrowdProcess.start(), CrowdProcess.start()])
    await others.connect('others', OTHERS, { ...server, from: '127.0.0.2' })
    await others.exchange('others', PACE)
    const quiet: number[] = []
    const loaded: number[] = []
    const windows: (readonly [from: number, to: number])[] = []
    for (let round = 1; round <= ROUNDS; round++) {
      quiet.push(await p99(others))
      await flood.connect('flood', 1, { ...server, from: '127.0.0.3' })
      await flood.flood('flood', MESSAGE)
      const from = monotonic()
      loaded.push(await p99(others))
      windows.push([from, monotonic()])
      await endFlood(adapter, server, flood, round)
    }
    const [before = 0, meanwhile = 0] = [median(quiet), median(loaded)]
    const allowed = Math.max(3 * before, NOISE_FLOOR)
    const late = new Lateness(await server.standstills(), await others.standstills())
    const lateness = median(windows.map((window) => late.longest(...window))) ?? 0
    const value = meanwhile
    holdWithin('ms of p99 beside a client that never reads', allowed, [{ value, lateness }])
    console.log(
      `backpressure, ${adapter.name}: p99 of ${OTHERS} others ${before.toFixed(1)} ms quiet, ` +
        `${meanwhile.toFixed(1)} ms beside one that writes and never reads (allowed ${allowed.toFixed(0)})`,
    )
    await server.leave()
  })
}

function serve(adapter: Adapter, session: 'echo' | 'echo-loop'): Promise<ServerProcess> {
  return ServerProcess.start(adapter, {
    session,
    maxBufferedAmount: MAX_BUFFERED_AMOUNT,
    receiveBufferSize: RECEIVE_BUFFER_SIZE,
    closeTimeout: WINDOW,
    // By which a client is found lost that an engine has lost without a word.
    keepAliveInterval: 5_000,
  })
}

/** Milliseconds. */
async function p99(crowd: CrowdProcess): Promise<number> {
  await crowd.begin('others')
  await delay(WINDOW)
  const { latency, open } = await crowd.report('others')
  expect(open).toBe(OTHERS)
  return latency?.p99 ?? Number.POSITIVE_INFINITY
}

/**
 * Where the engine can pause, a flood stands still, and its clients are connected until they leave. Where it cannot,
 * they are ended, and so may be one who sends more than is kept where it cannot hold back what it has read.
 */
async function endFlood(
  adapter: Adapter,
  server: ServerProcess,
  flood: CrowdProcess,
  ends: number,
): Promise<void> {
  const pauses = can(adapter, 'pause')
  if (pauses) await flood.leave('flood')
  const told = await server.endsOf(ends, 60_000)
  if (!pauses) await flood.leave('flood')
  expect(causesOfFlood(adapter)).toEqual(expect.arrayContaining(told.map((end) => end.cause)))
}

/** The causes with which a client can end that sends without end, and leaves. */
export function causesOfFlood(adapter: Adapter): readonly CloseCause[] {
  if (!can(adapter, 'pause')) return ['slow-consumer']
  return [
    'lost',
    ...(can(adapter, 'hold-turn') ? [] : (['slow-consumer'] as const)),
    ...(can(adapter, 'prompt-reset') ? [] : (['heartbeat'] as const)),
  ]
}

function kib(bytes: number): string {
  return `${(bytes / 1024).toFixed(0)} KiB`
}
