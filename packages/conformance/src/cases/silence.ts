import assert from 'node:assert/strict'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { CloseEvent } from '@wirebeat/core'
import { heartbeatTolerance } from '@wirebeat/core/adapter'
import { Opcode } from '../frame.ts'
import type { Server } from '../harness.ts'
import type { WebSocketClient } from '../web-socket-client.ts'

/** X of the cases about the heartbeat, in milliseconds. Small, and still well above the noise of a busy machine. */
export const X = 400

/** How late this process runs its timers. Server and client share it, and both are late by that. */
const lateness = monitorEventLoopDelay({ resolution: 10 })
lateness.enable()

/** Milliseconds that the rule allows beyond 2X, with what a busy machine adds to them. */
export function leeway(): number {
  return heartbeatTolerance(X) + 400 + 2 * (lateness.max / 1e6)
}

/** How the end of a silent client is told. */
export const DEAD: CloseEvent = { code: 1006, reason: '', wasClean: false, cause: 'heartbeat' }

/**
 * Expects the end of a client whose last sign of life was sent at `since`: neither before
 * `timeout` has passed nor much later, without a close frame, and told as `heartbeat`.
 */
export async function expectDeath(
  server: Server,
  client: WebSocketClient,
  since: number,
  timeout: number = 2 * X,
): Promise<void> {
  const { at } = await client.ended()
  const silence = at - since
  assert.ok(silence >= timeout, `ended after ${silence} ms of silence, allowed from ${timeout} on`)
  const latest = timeout + leeway()
  assert.ok(silence <= latest, `ended after ${silence} ms of silence, allowed up to ${latest}`)
  await server.expectClose(DEAD)
  const closeFrames = (await client.remaining()).filter(({ opcode }) => opcode === Opcode.Close)
  assert.deepEqual(closeFrames, [], 'a close frame to a peer that is gone')
}

/**
 * Sends a sign of life every half X, for `turns` times.
 *
 * @returns when the last one was sent.
 */
export async function live(
  client: WebSocketClient,
  turns: number,
  sign: () => void,
): Promise<number> {
  let last = performance.now()
  for (let turn = 0; turn < turns; turn++) {
    await pause(X / 2)
    assert.equal(client.raw.end, undefined, `ended although it gave ${turn} signs of life`)
    last = performance.now()
    sign()
  }
  return last
}

/** Lets time pass. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
