import type { ReceivedRequest } from '../address/request.ts'
import type { Transport, TransportListener } from '../connection/transport.ts'
import type { Agreement } from '../handshake/handshake.ts'
import type { Refusal } from '../handshake/refusal.ts'
import type { ResponseHeaders } from '../handshake/response-headers.ts'
import type { ResolvedOptions } from './options.ts'
import type { PlainAnswer } from './plain-requests.ts'

/** The options that an adapter needs. */
export type ServedOptions = Pick<
  ResolvedOptions<never>,
  | 'path'
  | 'keepAliveInterval'
  | 'aliveOn'
  | 'maxMessageSize'
  | 'maxBufferedAmount'
  | 'handshakeTimeout'
  | 'closeTimeout'
> & {
  /** Whether there may be connections with permessage-deflate. Which, core decides. */
  readonly compression: boolean
  /** Whether `proxiedAddress` of requests is to be read. */
  readonly proxyProtocol: boolean
  /** Whether plain requests are answered by more than refusals. */
  readonly answersPlain: boolean
}

/** An admitted request. It counts as a connection until the adapter calls one of the methods. */
export interface Admission extends Agreement {
  /** Header fields to send with the 101, beside those of the handshake. See `fieldLines`. */
  readonly headers: ResponseHeaders
  /** Makes the connection. The adapter must call `opened` of the returned listener next. */
  accept(transport: Transport): TransportListener
  /** Gives the place back. To be called when the request has ended before it became a WebSocket. */
  abandon(): void
}

/**
 * Carries out the decision about one request for a WebSocket. An adapter implements it. Either `refuse` or
 * `accept` is called, once. Neither is called when the client goes away first.
 */
export interface UpgradeHandler {
  /**
   * Whether the engine honours `server_max_window_bits` of an extension that it is offered (RFC 7692,
   * section 7.1.2.1). Where it does not, offers of clients that ask for it are declined. Default: `false`.
   */
  readonly canLimitWindow?: boolean
  refuse(refusal: Refusal): void
  accept(admission: Admission): void
  /**
   * Called when the decision takes time: at most once, and before `upgrade` returns.
   *
   * @param gone to be called when the client goes away before the decision
   */
  wait(gone: () => void): void
  /**
   * Calls `carryOut` as soon as the engine allows an answer outside its own callbacks. `gone` may still be
   * called before. Default: `carryOut` is called at once.
   */
  later?(carryOut: () => void): void
}

/** The part of an endpoint that adapters use. */
export interface ServedEndpoint {
  readonly options: ServedOptions
  /**
   * The patterns of all paths whose requests the endpoint may take. `undefined` for every path. For engines that route
   * by themselves.
   */
  readonly paths: readonly string[] | undefined
  /** Whether the endpoint was closed. Another one may then take its place on a server. */
  readonly isClosed: boolean
  /** Resolves when the endpoint is closed, with the milliseconds that are left until its deadline. */
  readonly closing: Promise<number>
  /**
   * Decides about a request for a WebSocket, and calls the handler with the decision.
   *
   * @returns `false` when the request is for another path. The handler is not called then.
   */
  upgrade(request: ReceivedRequest, handler: UpgradeHandler): boolean
  /**
   * Decides about a plain request, or about one that the server has not treated as an upgrade.
   *
   * @returns the refusal to answer with, or what to call with an exchange for the request. `undefined` when the
   * endpoint does not answer the request.
   */
  answer(request: ReceivedRequest): Refusal | PlainAnswer | undefined
  /**
   * To be called for a client that was refused and has not hung up, when its answer is on its way. It is
   * disconnected after `closeTimeout`, or earlier when `maxConnections` others linger.
   *
   * @param disconnect called at most once
   * @returns what to call when the client has hung up
   */
  linger(disconnect: () => void): () => void
}

/** The key of an endpoint's {@link ServedEndpoint}. The same symbol in every copy of this package. */
export const SERVED: unique symbol = Symbol.for('@wirebeat/core served endpoint')
