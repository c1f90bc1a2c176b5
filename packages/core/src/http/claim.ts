import type { Connection } from '../connection/connection.ts'
import type { ReconnectingListener, Transport, TransportListener } from '../connection/transport.ts'
import type { AdmissionClaim } from '../handshake/claim.ts'

/**
 * What a request asks to take over: a place that is held and the id of the connection to be, or a connection that lives.
 * One of `opened`, `refused`, `ended` and, for one that lives, `carry` follows, and `ended` follows `opened`.
 */
export interface Claim extends AdmissionClaim {
  /** The connection was made. */
  opened(connection: Connection): void
  /**
   * Takes a WebSocket that was admitted. Default: the connection is made, and the WebSocket is its transport.
   *
   * @param open makes the connection, with a transport that sends by the WebSocket. To be called for a place, and not
   * for a connection that lives.
   * @returns who is told what happens to the WebSocket. `opened` is called next.
   */
  carry?(wire: Transport, open: (transport: Transport) => ReconnectingListener): TransportListener
}
