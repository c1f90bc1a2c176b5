import type { CloseCause } from '../connection/close.ts'
import type { RefusalReason } from '../handshake/refusal.ts'
import { type RoundTripStats, RoundTrips } from '../heartbeat/round-trips.ts'
import type { DrainProgress } from './shutdown.ts'

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
  readonly drain: DrainProgress | undefined
}

export interface MessageStats {
  readonly messages: number
  /** Of the messages' contents, text as UTF-8, without frames and before compression. */
  readonly bytes: number
}

/** What is not counted, because the endpoint can look it up. */
type Present = Pick<EndpointStats, 'connections' | 'pendingHandshakes' | 'bufferedBytes' | 'drain'>

/**
 * What the connections of an endpoint count, all in one object. Plain numbers, so that a message adds
 * to them and allocates nothing.
 */
export class Counters {
  receivedMessages = 0
  receivedBytes = 0
  sentMessages = 0
  sentBytes = 0
  sentPings = 0
  readonly roundTrips: RoundTrips = new RoundTrips()
  readonly ends: Record<CloseCause, number> = {
    client: 0,
    server: 0,
    heartbeat: 0,
    lost: 0,
    'protocol-error': 0,
    'invalid-data': 0,
    'message-too-big': 0,
    'slow-consumer': 0,
    'rate-limit': 0,
    'session-error': 0,
    shutdown: 0,
  }
  readonly refusals: Record<RefusalReason, number> = {
    'not-found': 0,
    'not-websocket': 0,
    method: 0,
    version: 0,
    malformed: 0,
    'shutting-down': 0,
    full: 0,
    'address-limit': 0,
    'handshake-limit': 0,
    origin: 0,
    unauthorized: 0,
    timeout: 0,
    error: 0,
  }

  snapshot({ connections, pendingHandshakes, bufferedBytes, drain }: Present): EndpointStats {
    return {
      connections,
      ends: { ...this.ends },
      refusals: { ...this.refusals },
      pendingHandshakes,
      received: { messages: this.receivedMessages, bytes: this.receivedBytes },
      sent: { messages: this.sentMessages, bytes: this.sentBytes },
      bufferedBytes,
      pings: {
        sent: this.sentPings,
        answered: this.roundTrips.count,
        roundTripTime: this.roundTrips.snapshot(),
      },
      drain,
    }
  }
}
