import type { CloseCause } from '../connection/close.ts'
import type { RefusalReason } from '../handshake/refusal.ts'

/** What an endpoint counts of connections and requests. The messages are counted in `Traffic`. */
export class EndpointCounters {
  /** Connections that there ever were. */
  opened = 0
  /** Connections that have ended, by cause. */
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
  /** Requests that were refused, by reason. */
  readonly refusals: Record<RefusalReason, number> = {
    'not-websocket': 0,
    method: 0,
    version: 0,
    malformed: 0,
    host: 0,
    'shutting-down': 0,
    full: 0,
    'address-limit': 0,
    'handshake-limit': 0,
    origin: 0,
    unauthorized: 0,
    timeout: 0,
    error: 0,
    transport: 0,
  }
}
