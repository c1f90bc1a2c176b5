import type { ErrorSource } from '../endpoint/endpoint.ts'
import type { ResolvedOptions } from '../endpoint/options.ts'
import type { Counters } from '../endpoint/stats.ts'
import type { Heartbeat } from '../heartbeat/heartbeat.ts'
import type { Clock } from '../runtime/clock.ts'
import type { SessionDriver } from '../session/session-driver.ts'
import type { CloseEvent } from './close.ts'
import type { ServerConnection } from './server-connection.ts'

/** What an endpoint shares with its connections. */
export interface EndpointState<Context> {
  readonly options: ResolvedOptions<Context>
  readonly clock: Clock
  /** `undefined` when `keepAliveInterval` is 0. */
  readonly heartbeat: Heartbeat | undefined
  readonly counters: Counters
  createDriver(): SessionDriver<Context>
  /** A connection is open, and its session knows. */
  opened(connection: ServerConnection<Context>): void
  /** A connection has ended, and its session knows. */
  ended(connection: ServerConnection<Context>, event: CloseEvent): void
  /** The answer to a ping has come, after so many milliseconds. */
  answered(connection: ServerConnection<Context>, roundTripTime: number): void
  /** Code of the application threw. */
  report(error: unknown, source: ErrorSource<Context>): void
}
