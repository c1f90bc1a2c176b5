import type { PathParams } from '../address/path.ts'
import type { HandshakeRequest } from '../address/request.ts'
import type { CloseEvent } from '../connection/close.ts'
import type { Connection } from '../connection/connection.ts'
import type { Refusal } from '../handshake/refusal.ts'
import type { ShutdownReport } from './shutdown.ts'

/** The events of an endpoint, with the arguments of their listeners. */
export interface EndpointEvents<Context = unknown, Params = PathParams> {
  /** A connection has opened. The session's `open` was called before. */
  open: readonly [connection: Connection<Context, Params>]
  /** A request was refused. Requests for other paths are not reported. */
  refuse: readonly [refusal: Refusal, request: HandshakeRequest]
  /** A connection has ended. The session's `close` was called before. */
  close: readonly [connection: Connection<Context, Params>, event: CloseEvent]
  /** A ping was answered. The time is in milliseconds; see {@link Connection.roundTripTime}. */
  roundTrip: readonly [connection: Connection<Context, Params>, milliseconds: number]
  /** `endpoint.close()` was called. The argument is the number of connections, whose close frames follow. */
  shutdownStart: readonly [connections: number]
  /** The last connection of the shutdown has ended. */
  shutdownEnd: readonly [report: ShutdownReport]
}

/** The names of the events. */
export const EVENTS: Readonly<Record<keyof EndpointEvents, true>> = {
  open: true,
  refuse: true,
  close: true,
  roundTrip: true,
  shutdownStart: true,
  shutdownEnd: true,
}

/** Where an error was thrown: in a session, in the handling of a request, or in a listener. */
export type ErrorSource<Context = unknown> =
  | { readonly connection: Connection<Context> }
  | { readonly request: HandshakeRequest }
  | { readonly event: keyof EndpointEvents }
