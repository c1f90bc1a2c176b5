import type { HandshakeRequest } from '../address/request.ts'
import type { CloseEvent } from '../connection/close.ts'
import type { Connection } from '../connection/connection.ts'
import type { Refusal } from '../handshake/refusal.ts'
import type { ShutdownReport } from './shutdown.ts'

/** What an endpoint tells those who listen, by event. */
export interface EndpointEvents<Context = unknown> {
  /** A connection opened; its session knows already. */
  open: readonly [connection: Connection<Context>]
  /** A request was refused. Requests for other paths are not. */
  refuse: readonly [refusal: Refusal, request: HandshakeRequest]
  /** A connection ended; its session knows already. */
  close: readonly [connection: Connection<Context>, event: CloseEvent]
  /** The answer to a ping came, after so many milliseconds; see {@link Connection.roundTripTime}. */
  roundTrip: readonly [connection: Connection<Context>, milliseconds: number]
  /** The endpoint was closed while it had so many connections. Their close frames follow. */
  shutdownStart: readonly [connections: number]
  /** The last of them has ended. */
  shutdownEnd: readonly [report: ShutdownReport]
}

/** Where an error came from. */
export type ErrorSource<Context = unknown> =
  | { readonly connection: Connection<Context> }
  | { readonly request: HandshakeRequest }
  | { readonly event: keyof EndpointEvents }
