import type { ReceivedRequest } from '../address/request.ts'
import type { Transport, TransportListener } from '../connection/transport.ts'
import type { ResolvedOptions } from '../endpoint/options.ts'
import type { Refusal } from './refusal.ts'

/** What an adapter needs of an endpoint, whatever context its connections carry. */
export interface ServableEndpoint {
  readonly options: Pick<
    ResolvedOptions<never>,
    | 'path'
    | 'maxMessageSize'
    | 'maxBufferedAmount'
    | 'handshakeTimeout'
    | 'closeTimeout'
    | 'compression'
  >
  /** Whether a request with this path and query is the endpoint's to answer. */
  isFor(url: string): boolean
  /** Decides about a request. What is refused has been reported already. */
  handshake(request: ReceivedRequest): HandshakeOutcome
}

/** What becomes of a request, for an adapter to carry out. */
export type HandshakeOutcome = { readonly action: 'pass' } | SettledOutcome | PendingOutcome

/** What has become of a request for the endpoint's own path. */
export type SettledOutcome =
  | { readonly action: 'refuse'; readonly refusal: Refusal }
  | { readonly action: 'accept'; readonly admission: Admission }

/** An asynchronous `authorize` has not decided yet. The request holds a place meanwhile. */
export interface PendingOutcome {
  readonly action: 'wait'
  /** Never rejects, and is never settled once the request was abandoned. */
  readonly outcome: Promise<SettledOutcome>
  /** The client has gone away, and cannot be answered. Without effect once the outcome is there. */
  abandon(): void
}

/** A request that was let in. It holds a place until the adapter calls one of the two. */
export interface Admission {
  /** The subprotocol to answer with; empty for none. */
  readonly protocol: string
  /** What to offer the engine in place of the client's Sec-WebSocket-Extensions; empty for none. */
  readonly extension: string
  /** Makes the connection; the adapter calls its `opened` next. */
  accept(transport: Transport): TransportListener
  /** The request ended before it became a WebSocket. */
  abandon(): void
}

/** Gives back the place of a request that nobody is going to answer. For adapters. */
export function abandon(outcome: HandshakeOutcome): void {
  if (outcome.action === 'wait') outcome.abandon()
  else if (outcome.action === 'accept') outcome.admission.abandon()
}
