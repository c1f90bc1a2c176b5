import type { Data } from './message.ts'

/**
 * Why there is no connection.
 *
 * | cause | when |
 * | --- | --- |
 * | `client` | the application ended it: `close()`, the signal or disposal |
 * | `server` | the server sent a close frame |
 * | `heartbeat` | the server was silent for `serverTimeout` |
 * | `lost` | the network ended without a close frame, or the attempt was refused |
 * | `timeout` | the attempt did not open within `connectTimeout` |
 * | `url` | a function that makes the URL or the subprotocols failed, or what it made is not valid |
 */
export type LossCause = 'client' | 'server' | 'heartbeat' | 'lost' | 'timeout' | 'url'

/** How a connection or an attempt ended. */
export interface Loss {
  /** Why it ended. */
  readonly cause: LossCause
  /** The close code of the WebSocket. 1006 when there was no close frame. */
  readonly code: number
  /** The close reason of the server. Empty when there was none. */
  readonly reason: string
  /** Whether both sides have sent a close frame. */
  readonly wasClean: boolean
  /** The error of the function that makes the URL, or of the WebSocket. Browsers give none. */
  readonly error?: unknown
  /**
   * The HTTP status of a handshake that the server refused, such as 401, where the WebSocket tells it: in Bun, in
   * Deno and with the package `ws`, and not in browsers.
   */
  readonly httpStatus?: number | undefined
  /**
   * The number of failures in a row, this one included, unless the application has closed. The count starts
   * again after a connection that was open for `minUptime`, after `reconnect()`, and when this side has been
   * away: without a network, frozen or asleep.
   */
  readonly failures: number
  /**
   * How many more messages may not have arrived, at most. There was no room to keep them, so there is no
   * `uncertain` event for them.
   */
  readonly forgotten: number
}

/** What the socket is doing. */
export type Phase =
  | {
      readonly state: 'connecting'
      /** The number of the attempt: one more than the failures in a row. */
      readonly attempt: number
    }
  | { readonly state: 'open' }
  | ({
      readonly state: 'waiting'
      /** The time of the next attempt, in milliseconds of the clock: `performance.now()` by default. */
      readonly retryAt: number
    } & Loss)
  /** `close()` was called, and the server has not answered yet. */
  | { readonly state: 'closing' }
  | ({
      readonly state: 'closed'
      /** The messages that were never sent, in order. */
      readonly unsent: readonly Data[]
    } & Loss)

/** Figures of the connection, in every state. */
export interface Health {
  /** The time from the last answered heartbeat to its answer, in milliseconds. `undefined` before the first. */
  readonly roundTripTime: number | undefined
  /** The number of open connections that were lost. */
  readonly losses: number
  /** The time without a connection since the first one, in milliseconds, until this status. */
  readonly downtime: number
}

/** The state of a socket at one moment. Frozen: each change makes a new object. */
export type Status = Phase & Health
