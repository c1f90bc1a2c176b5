import type { ReceivedRequest } from '../address/request.ts'
import type { Transport, TransportListener } from '../connection/transport.ts'
import type { Agreement } from '../handshake/handshake.ts'
import type { Refusal } from '../handshake/refusal.ts'
import type { ResolvedOptions } from './options.ts'

/** The options that an adapter carries out. */
export type ServedOptions = Pick<
  ResolvedOptions<never>,
  | 'path'
  | 'maxMessageSize'
  | 'maxBufferedAmount'
  | 'handshakeTimeout'
  | 'closeTimeout'
  | 'compression'
>

/** A request that was let in. It holds a place until the adapter calls one of the two. */
export interface Admission extends Agreement {
  /** Makes the connection; the adapter calls its `opened` next. */
  accept(transport: Transport): TransportListener
  /** The request ended before it became a WebSocket. */
  abandon(): void
}

/**
 * How an adapter carries out what the endpoint decides about one request that wants to become a
 * WebSocket. Either `refuse` or `accept` is called, once, unless the client goes away first.
 */
export interface UpgradeHandler {
  refuse(refusal: Refusal): void
  accept(admission: Admission): void
  /**
   * The decision takes its time. Called at most once, before `upgrade` returns.
   *
   * @param gone to be called should the client go away meanwhile
   */
  wait(gone: () => void): void
  /**
   * Calls `carryOut` when the engine allows an answer outside of its own callbacks. Default: at once.
   * `gone` may still be called meanwhile.
   */
  later?(carryOut: () => void): void
}

/** What an adapter is given of an endpoint. Whatever context its connections carry is no matter. */
export interface ServedEndpoint {
  readonly options: ServedOptions
  /**
   * Decides about a request that wants to become a WebSocket, and has the handler carry it out.
   *
   * @returns `false` when the request is for another path. Nothing was done then.
   */
  upgrade(request: ReceivedRequest, handler: UpgradeHandler): boolean
  /**
   * Decides about a plain request, or one that the server has chosen not to treat as an upgrade.
   *
   * @returns the refusal to answer with; `undefined` where the request is not the endpoint's to answer.
   */
  answer(request: ReceivedRequest): Refusal | undefined
}

/** Where an endpoint keeps what adapters are given. An adapter may have another copy of this package. */
export const SERVED: unique symbol = Symbol.for('@wirebeat/core served endpoint')
