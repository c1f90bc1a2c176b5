import type { CloseCause } from '../connection/close.ts'
import type { RefusalReason } from '../handshake/refusal.ts'
import type { RoundTripStats } from '../heartbeat/round-trips.ts'
import type { ShutdownProgress } from './shutdown.ts'

/**
 * The figures of an endpoint at one moment. Counts begin when the endpoint is made, and never fall.
 * `connections.opened` is always `connections.open` plus the sum of `ends`.
 */
export interface EndpointStats {
  readonly connections: {
    /** Connections that have not ended, those that are closing included. */
    readonly open: number
    /** Connections that were opened since the endpoint was made. */
    readonly opened: number
  }
  /** Connections that have ended, by cause. */
  readonly ends: Readonly<Record<CloseCause, number>>
  /** Requests that were refused, by reason. Requests for other paths are not the endpoint's to refuse. */
  readonly refusals: Readonly<Record<RefusalReason, number>>
  /** Handshakes that wait for `authorize`. */
  readonly pendingHandshakes: number
  /**
   * Clients that have not hung up, though they were refused, where the engine shows them, or though their
   * connection has ended, on an engine that cannot end it.
   */
  readonly lingering: number
  /**
   * Messages that sessions received, and heartbeat messages. The bytes of a text can be missing until its session has
   * returned.
   */
  readonly received: MessageStats
  /** Messages that were accepted for sending, those that still wait and answers to heartbeats included. */
  readonly sent: MessageStats
  /** Bytes that wait for the network, on all connections together. */
  readonly bufferedBytes: number
  readonly pings: {
    readonly sent: number
    /**
     * Pings whose round trip was measured. When several are sent before an answer, only the first is
     * measured. A ping that is sent while reading is paused is not measured.
     */
    readonly answered: number
    readonly roundTripTime: RoundTripStats
  }
  /** `undefined` until `endpoint.close()` is called. */
  readonly shutdown: ShutdownProgress | undefined
}

/** Figures of messages in one direction. */
export interface MessageStats {
  readonly messages: number
  /** Bytes of the messages: text as UTF-8, without frames and before compression. */
  readonly bytes: number
}
