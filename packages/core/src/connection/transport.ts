import type { Bytes } from '../runtime/bytes.ts'
import type { CloseCause } from './close.ts'
import type { MessageType } from './message.ts'
import type { Prepared } from './prepared.ts'

/**
 * What happened to a message.
 *
 * - `sent`: the message was accepted, and nothing or next to nothing waits for the network.
 * - `queued`: the message was accepted, and it waits for the network. Send less until the session's `drain`.
 * - `closed`: the message was not accepted, because the connection is closing or closed.
 */
export type SendResult = 'sent' | 'queued' | 'closed'

/** What messages travel by. */
export type TransportKind = 'web-sockets' | 'server-sent-events' | 'long-polling'

/**
 * One open socket. An adapter implements it, and core knows nothing else of a server.
 *
 * No method throws. Only `close` and `terminate` may call the listener before they return. After `close`,
 * core calls `resume` and `terminate` only. After `terminate`, or after {@link TransportListener.closed},
 * core calls nothing.
 *
 * An adapter leaves out `ping`, `terminate`, or `pause` and `resume` where its engine cannot do it, and says so
 * in its `missing`.
 */
export interface Transport {
  /** What it is, if it is no WebSocket. */
  readonly kind?: Exclude<TransportKind, 'web-sockets'>
  /** The number of bytes that were sent and that the network has not taken yet. */
  readonly bufferedAmount: number
  /**
   * A number that falls while the network takes bytes and nothing is sent. It shows that a slow client is
   * alive. It is `bufferedAmount` on an engine whose `bufferedAmount` falls byte by byte.
   */
  readonly backlog: number
  /**
   * Whether the client has no wire at the moment, and is waited for, for a time that is bounded. Its silence says nothing
   * then. Default: `false`.
   */
  readonly isAway?: boolean
  /**
   * Sends one message, whole and in order. It never drops a message that it has accepted. After it has
   * returned `sent`, the caller may change the bytes. After it has returned `queued`, {@link TransportListener.drained} must be called when nothing waits any more.
   */
  send(data: string | Bytes, type: MessageType): SendResult
  /**
   * Sends a message that many connections are sent, as `send` does. What the transport makes of it is kept by
   * {@link Prepared.made}. Default: `send` is called with its data.
   */
  sendPrepared?(message: Prepared): SendResult
  /**
   * The number of bytes of a text in UTF-8. Called for every text that is sent, and for every one that is
   * received as a string, mostly when its session has returned. So use the fastest way.
   */
  byteLength(text: string): number
  /**
   * Gives the network at once what was sent. Leave it out for a transport that keeps nothing until later.
   */
  flush?(): void
  /** Sends a ping frame without payload (RFC 6455, section 5.5.2). */
  ping?(): void
  /**
   * Sends a close frame after everything that was sent before, and ends the connection when the client has
   * answered (RFC 6455, section 7.1.2). Core has checked both values, and calls `terminate` when `closeTimeout`
   * has passed since `backlog` fell for the last time.
   */
  close(code: number, reason: string): void
  /**
   * Ends the connection at once, without a close frame. Without it, core calls `close` where it has not been
   * called, takes the connection for ended, and holds its place until {@link TransportListener.closed}.
   */
  terminate?(): void
  /** Stops reading from the socket. Messages that were read before may still be delivered. */
  pause?(): void
  /** Reads again after `pause`. */
  resume?(): void
  /**
   * Delivers nothing more in this turn of the event loop, no message, ping, pong or close frame, and continues by
   * itself in the next turn. Core calls it when the connection has had its share of the turn. For an engine that
   * can stop within what it has read. Leave it out for others: core then keeps what arrives for later turns,
   * within `receiveBufferSize`.
   *
   * @returns `false` when it will not stop.
   */
  holdTurn?(): boolean
  /**
   * Calls `waiter` once, at the end of this turn of the event loop, when all messages of the turn were
   * delivered. It is never called before this method returns. A loop session then reads all messages of the
   * turn at once, and its answers can be sent together. Only useful for an engine that runs promises after
   * every message. Leave it out for an engine that runs them at the end of a read.
   *
   * @returns `false` when it will not call, because enough other sessions wait.
   */
  awaitTurnEnd?(waiter: TurnWaiter): boolean
}

/** A session that waits for the end of a turn. */
export interface TurnWaiter {
  /** The turn is over. The connection may have ended meanwhile. Does not throw. */
  turnEnded(): void
}

/** The causes that a transport can report. Core knows the others. */
export type TransportCloseCause = Extract<
  CloseCause,
  'client' | 'lost' | 'protocol-error' | 'invalid-data' | 'message-too-big'
>

/** The events of a transport. Core implements it, and the transport calls it. */
export interface TransportListener {
  /** The transport can be used. Called once, before anything else. */
  opened(): void
  /**
   * A whole message arrived. `data` is its bytes, of which core copies what it keeps. A text may be a string as
   * well, where the engine has it as one.
   */
  message(data: string | Bytes, type: MessageType): void
  /** A ping arrived. The engine answers it. */
  pinged(): void
  /** A pong arrived, with or without a ping before it. */
  ponged(): void
  /**
   * The client is there, by what its transport makes it send regularly, such as the polls of long polling. A sign of
   * life also where messages alone are. It counts for no rate.
   */
  alive(): void
  /** The network has taken everything that waited. */
  drained(): void
  /**
   * The client has begun to close, or the engine has because of what the client sent. Nothing can be sent
   * any more, and `closed` follows. Core calls `terminate` when it does not follow in time. An engine that
   * ends a connection at once need not call it.
   *
   * @param cause `client` when a close frame of the client arrived, also as an answer to the server's. `lost`
   * when the client has ended its side of the stream without one, and all before that was delivered.
   * @param code with cause `client`, the client's close code. 1005 when its close frame held none.
   * @param reason with cause `client`, the client's close reason
   */
  closing(cause: TransportCloseCause, code?: number, reason?: string): void
  /** So many bytes came after `closing`, and were dropped. Core calls `terminate` when they are too many. */
  ignored(bytes: number): void
  /** The transport has ended. The parameters are those of `closing`. */
  closed(cause: TransportCloseCause, code?: number, reason?: string): void
}

/** The events of a transport that may come by another socket, as its client does. */
export interface ReconnectingListener extends TransportListener {
  /**
   * The client has come by another socket, and is there. What came by the former one and was not handed over yet is
   * forgotten: the client sends it again.
   */
  reconnected(): void
}
