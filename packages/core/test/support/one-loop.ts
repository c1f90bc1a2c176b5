import { setImmediate as nextTurn } from 'node:timers/promises'
import type { CloseEvent } from '../../src/connection/close.ts'
import { createEndpoint } from '../../src/endpoint/endpoint.ts'
import type { EndpointOptions } from '../../src/endpoint/options.ts'
import { heartbeatTolerance } from '../../src/heartbeat/heartbeat.ts'
import { type LoopConnection, loop } from '../../src/session/loop.ts'
import { connect } from './connect.ts'
import type { FakeTransportOptions } from './fake-transport.ts'
import { ManualClock } from './manual-clock.ts'

export const X = 1_000
export const SILENCE = 2 * X + heartbeatTolerance(X)

export interface Setting extends Omit<EndpointOptions, 'session'> {
  readonly transport?: FakeTransportOptions
}

export type Run = (connection: LoopConnection<undefined>) => Promise<void>

/** One connection whose session is `run`, on a clock that stands still. */
export function setUp(run: Run, { transport: transportOptions, ...options }: Setting = {}) {
  const clock = new ManualClock()
  const errors: unknown[] = []
  const events: CloseEvent[] = []
  const endpoint = createEndpoint({
    clock,
    keepAliveInterval: X,
    onError: (error) => errors.push(error),
    ...options,
    session: loop(run),
  })
  endpoint.on('close', (_connection, event) => events.push(event))
  const transport = connect(endpoint, transportOptions)
  return { clock, endpoint, transport, errors, events }
}

/** A session that stays open and does nothing; the test holds its connection. */
export function setUpIdle(setting?: Setting) {
  const held: LoopConnection<undefined>[] = []
  const world = setUp(async (connection) => {
    held.push(connection)
    await connection.closed
  }, setting)
  const [connection] = held
  if (connection === undefined) throw new Error('the session was not started')
  return { ...world, connection, messages: connection[Symbol.asyncIterator]() }
}

/** What became of a promise. */
export async function outcome(promise: Promise<unknown>): Promise<unknown> {
  try {
    return await promise
  } catch (error) {
    return error
  }
}

export async function isPending(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol('pending')
  return (await Promise.race([promise, nextTurn(pending)])) === pending
}
