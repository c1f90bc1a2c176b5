import type { Data } from './message.ts'

/**
 * Why there is no connection.
 *
 * | cause | when |
 * | --- | --- |
 * | `client` | this side: `close()`, the signal, or disposal |
 * | `server` | the server sent a close frame |
 * | `heartbeat` | nothing came for `serverTimeout` |
 * | `lost` | the network ended without a close frame, or the attempt was refused |
 * | `timeout` | the attempt did not open within `connectTimeout` |
 * | `url` | the function that makes the URL failed, or made one that is none |
 */
export type LossCause = 'client' | 'server' | 'heartbeat' | 'lost' | 'timeout' | 'url'

/** How a connection or an attempt ended. */
export interface Loss {
  readonly cause: LossCause
  /** The close code that the WebSocket told; 1006 where there was no close frame. */
  readonly code: number
  readonly reason: string
  readonly wasClean: boolean
  /** What the function for the URL threw, or what the WebSocket tells of a failure; browsers tell nothing. */
  readonly error?: unknown
  /**
   * How many times in a row it went wrong, this one included unless this side has closed. A
   * connection that lived longer than `maxDelay` begins a new count.
   */
  readonly failures: number
  /**
   * How many messages of uncertain fate, at most, there was no room to keep: no `uncertain` event
   * tells of them.
   */
  readonly forgotten: number
}

/** What the socket is doing. */
export type Phase =
  | {
      readonly state: 'connecting'
      /** 1 for the first attempt in a row. */
      readonly attempt: number
    }
  | { readonly state: 'open' }
  | ({
      readonly state: 'waiting'
      /** When the next attempt is due, in the time of the clock: `performance.now()` by default. */
      readonly retryAt: number
    } & Loss)
  /** `close()` was called, and the server has not answered yet. */
  | { readonly state: 'closing' }
  | ({
      readonly state: 'closed'
      /** Messages that waited for a connection, and were never handed to one. */
      readonly unsent: readonly Data[]
    } & Loss)

/** What is known of the line, in every state. */
export interface Health {
  /** Milliseconds from the last heartbeat that was answered to its answer. */
  readonly roundTripTime: number | undefined
  /** How many times an open connection was lost. */
  readonly losses: number
  /** Milliseconds without a connection since the first one, until this status. */
  readonly downtime: number
}

/** The state of a socket at one moment. Never changed: a new one takes its place. */
export type Status = Phase & Health
