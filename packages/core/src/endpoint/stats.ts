import type { CloseCause } from '../connection/close.ts'
import type { RefusalReason } from '../handshake/refusal.ts'
import type { RoundTripStats } from '../heartbeat/round-trips.ts'
import type { ShutdownProgress } from './shutdown.ts'

/**
 * The figures of an endpoint at one moment. What is counted is counted from the time when the endpoint
 * was made, and never falls. At every moment `connections.opened` is `connections.open` and all `ends`
 * together.
 */
export interface EndpointStats {
  readonly connections: {
    /** Connections that have not ended, those that are closing included. */
    readonly open: number
    /** Connections that there ever were. */
    readonly opened: number
  }
  /** Connections that have ended, by cause. */
  readonly ends: Readonly<Record<CloseCause, number>>
  /**
   * Requests that were refused, by reason. Those for other paths are not the endpoint's to refuse, so
   * `not-found` stays 0.
   */
  readonly refusals: Readonly<Record<RefusalReason, number>>
  /** Handshakes about which `authorize` has not decided yet. */
  readonly pendingHandshakes: number
  /** Messages that sessions were handed, and those that are the `heartbeatMessage`. */
  readonly received: MessageStats
  /** Messages that were accepted for sending, also where they wait, and answers to heartbeats. */
  readonly sent: MessageStats
  /** Bytes that were sent and that the network has not taken yet, on all connections together. */
  readonly bufferedBytes: number
  readonly pings: {
    readonly sent: number
    /**
     * Pings whose answer was measured. Of several that were sent before an answer came, the first is
     * measured; one that is due while the session has paused the reading is not.
     */
    readonly answered: number
    readonly roundTripTime: RoundTripStats
  }
  /** `undefined` until the endpoint is closed. */
  readonly shutdown: ShutdownProgress | undefined
}

export interface MessageStats {
  readonly messages: number
  /** Of the messages' contents, text as UTF-8, without frames and before compression. */
  readonly bytes: number
}
