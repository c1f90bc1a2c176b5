import assert from 'node:assert/strict'
import type { CloseEvent } from '@wirebeat/core'
import { heartbeatTolerance } from '@wirebeat/core/adapter'
import type { UngroupedCase } from '../case.ts'
import { Opcode } from '../frame.ts'
import type { Harness, Server } from '../harness.ts'
import { TimerGaps } from '../timer-gaps.ts'
import type { WebSocketClient } from '../web-socket-client.ts'

/**
 * X of the cases about the heartbeat, in milliseconds: so long that the tolerance of X/8 is well above what
 * a machine adds that has other things to do.
 */
export const X = 800

/** Milliseconds that a case waits for an end. A machine that is very busy can hold it up again and again. */
export const PATIENCE = 20_000

/** How the end of a silent client is told. */
export const DEAD: CloseEvent = { code: 1006, reason: '', wasClean: false, cause: 'heartbeat' }

/** The server has seen a sign of life between these two moments. */
export interface SignOfLife {
  readonly earliest: number
  /** But for what the process comes to late. */
  readonly latest: number
}

/** Runs a case while the gaps between timers are watched. */
export function watchingGaps(
  run: (harness: Harness, gaps: TimerGaps) => Promise<void>,
): UngroupedCase['run'] {
  return async (harness) => {
    const gaps = new TimerGaps()
    try {
      await run(harness, gaps)
    } finally {
      gaps.stop()
    }
  }
}

/**
 * Milliseconds that the rule allows beyond its time, and what this process adds to them between the two
 * moments: it reads the sign of life, runs the timer and reads the end of the socket, and can come late to
 * each. By the rule itself everybody gets one more X when the process was held up for longer than that.
 */
export function leeway(gaps: TimerGaps, from: number, to: number): number {
  const lengths = gaps.between(from, to)
  const holdUps = lengths.filter((length) => length > X)
  return heartbeatTolerance(X) + 3 * Math.max(0, ...lengths) + X * holdUps.length
}

/** Opens a client that says nothing: its handshake is its only sign of life. */
export async function openSilent(
  server: Server,
  options?: Parameters<Server['open']>[0],
): Promise<{ readonly client: WebSocketClient; readonly opened: SignOfLife }> {
  const earliest = performance.now()
  const client = await server.open(options)
  return { client, opened: { earliest, latest: performance.now() } }
}

/**
 * Expects the end of a client whose last sign of life was `last`: neither before `timeout` has passed nor
 * later than the rule allows, without a close frame, and told as `heartbeat`.
 */
export async function expectDeath(
  server: Server,
  client: WebSocketClient,
  gaps: TimerGaps,
  last: SignOfLife,
  timeout: number = 2 * X,
): Promise<void> {
  const { at } = await client.ended(PATIENCE)
  const most = at - last.earliest
  assert.ok(most >= timeout, `ended after ${most} ms of silence, allowed from ${timeout} on`)
  const least = at - last.latest
  const allowed = timeout + leeway(gaps, last.earliest, at)
  assert.ok(least <= allowed, `ended after ${least} ms of silence, allowed up to ${allowed}`)
  await server.expectClose(DEAD)
  const closeFrames = (await client.remaining()).filter(({ opcode }) => opcode === Opcode.Close)
  assert.deepEqual(closeFrames, [], 'a close frame to a peer that is gone')
}

/**
 * Gives a sign of life every half X, for `turns` times.
 *
 * @returns the last one
 */
export async function giveSigns(
  client: WebSocketClient,
  turns: number,
  sign: () => void,
): Promise<SignOfLife> {
  let last = performance.now()
  for (let turn = 0; turn < turns; turn++) {
    await pause(X / 2)
    assert.equal(client.raw.end, undefined, `ended although it gave ${turn} signs of life`)
    last = performance.now()
    sign()
  }
  return { earliest: last, latest: last }
}

/** Lets time pass. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
