import type { HandshakeRequest } from '../address/request.ts'
import type { Transport, TransportListener } from '../connection/transport.ts'
import type { HeldPlace } from '../handshake/claim.ts'
import type { Refusal } from '../handshake/refusal.ts'
import type { ResponseHeaders } from '../handshake/response-headers.ts'
import type { Bytes } from '../runtime/bytes.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Body, BodyLimit } from './body.ts'
import type { Claim } from './claim.ts'
import type { HttpStream } from './exchange.ts'

/** What answers plain requests on the paths of endpoints: the option `httpTransports`. */
export interface HttpExtension {
  /** Called once for each endpoint that has it, when that is made. */
  serve(host: HttpHost): HttpService
}

/** What an extension is told of its endpoint. */
export interface HttpHost {
  /** The option `path` of the endpoint. */
  readonly path: string
  readonly clock: Clock
  readonly options: {
    readonly maxMessageSize: number
    readonly maxBufferedAmount: number
    readonly receiveBufferSize: number
    readonly handshakeTimeout: number
    readonly closeTimeout: number
  }
  /** An error in what the extension was given. Goes to `onError`. */
  failed(error: unknown, request: HandshakeRequest): void
}

/** An extension at work for one endpoint. */
export interface HttpService {
  /** What may follow the path of the endpoint, such as `''` and `'/negotiate'`. A `/` at the end is allowed. */
  readonly subpaths: readonly string[]
  /**
   * Answers a request, now or later. Its host and its origin are allowed already. What it throws is answered with 500
   * and goes to `onError`.
   */
  handle(call: HttpCall): void | Promise<void>
  /**
   * Whether a request for a WebSocket opens a connection for which a place is held, or is for one that lives. Asked once
   * for each that is well formed, before the limits, the origin and `authorize`.
   *
   * @returns `undefined` for a WebSocket that is a connection of its own.
   */
  claim(request: HandshakeRequest): Claim | Refusal | undefined
  /** The endpoint is shutting down. To give back the places that are held. */
  close(): void
}

/**
 * One plain request that an endpoint has handed to its extension. Exactly one of `respond`, `refuse` and `stream` is
 * to be called. They do nothing when the client has gone.
 */
export interface HttpCall {
  /** With what trusted proxies say about it, and with the parameters of the endpoint's path. */
  readonly request: HandshakeRequest
  /** Which of the service's subpaths it is for. */
  readonly subpath: string
  /** The whole body. To be called at most once, and before the answer. */
  body(limit: BodyLimit): Promise<Body>
  /**
   * Has the endpoint decide whether a connection may be opened, as it decides about a WebSocket: shutdown,
   * `maxConnections`, `maxConnectionsPerAddress`, `maxPendingHandshakes`, `authorize`.
   *
   * @param claim what the connection is to take over
   * @returns a place, which counts as a connection; a refusal to answer with, which was counted; or `'gone'`, when
   * the client has gone away.
   */
  admit(claim?: Claim): Promise<Place | Refusal | 'gone'>
  /**
   * Answers.
   *
   * @param taken called once the network has taken all of it, also within this call; on a host that does not tell, at
   * once. Not called for a client that goes away before, nor after `terminate`.
   */
  respond(status: number, headers: ResponseHeaders, body?: string | Bytes, taken?: () => void): void
  /** Ends the connection of a client that has not taken all of what `respond` was given. */
  terminate(): void
  /** Answers, and has the endpoint count and tell it as a refusal. */
  refuse(status: number, body: string, headers?: ResponseHeaders): void
  /**
   * Answers with a body that goes on.
   *
   * @param drained called once nothing waits any more, after a `write` that returned `queued`
   * @returns `undefined` when the client has gone.
   */
  stream(status: number, headers: ResponseHeaders, drained: () => void): HttpStream | undefined
  /** Calls `listener` once, if the client goes away before the answer is complete, or has gone already. */
  onGone(listener: () => void): void
}

/** A place for a connection. It counts as one, until it is released or its connection has ended. */
export interface Place extends HeldPlace {
  /** Header fields that `authorize` wants in the response. */
  readonly headers: ResponseHeaders
  /**
   * Makes the connection. `opened` of the returned listener is to be called next.
   *
   * @returns `undefined` for a place that is not held any more.
   */
  open(transport: Transport): TransportListener | undefined
  /** Gives the place back. Does nothing once a connection has taken it. */
  release(): void
}
