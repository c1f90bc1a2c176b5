import type { Heartbeat } from '../heartbeat/heartbeat.ts'
import type { Clock } from '../runtime/clock.ts'
import type { CloseEvent } from './close.ts'
import type { ConnectionHandle } from './connection-handle.ts'
import type { MessageRate } from './rate-limit.ts'
import type { SessionDriver } from './session-driver.ts'
import type { Traffic } from './traffic.ts'
import type { TurnBudget } from './turn-budget.ts'

/** The options of an endpoint that decide what happens to a connection, checked. */
export interface ConnectionOptions {
  readonly aliveOn: 'traffic' | 'message'
  readonly heartbeatMessage: Uint8Array | undefined
  readonly maxMessageSize: number
  readonly receiveBufferSize: number
  readonly maxBufferedAmount: number
  readonly messageRate: MessageRate | undefined
  readonly closeTimeout: number
}

/** What all connections of an endpoint share, and the calls by which they report to it. */
export interface ConnectionEnvironment<Context> {
  readonly options: ConnectionOptions
  readonly clock: Clock
  /** `undefined` when `keepAliveInterval` is 0. */
  readonly heartbeat: Heartbeat | undefined
  readonly traffic: Traffic
  readonly turnBudget: TurnBudget
  createDriver(): SessionDriver<Context>
  /** A connection is open. Its session was told before. */
  opened(connection: ConnectionHandle<Context>): void
  /** A connection has ended. Its session was told before. */
  ended(connection: ConnectionHandle<Context>, event: CloseEvent): void
  /** A connection ends now, and its client has not hung up, which the engine cannot do for it. */
  lingers(connection: ConnectionHandle<Context>): void
  /** A connection that has ended is gone from the engine too. */
  hungUp(connection: ConnectionHandle<Context>): void
  /** A ping was answered. The round trip time is in milliseconds. */
  answered(connection: ConnectionHandle<Context>, roundTripTime: number): void
  /** A session threw. */
  failed(error: unknown, connection: ConnectionHandle<Context>): void
}
