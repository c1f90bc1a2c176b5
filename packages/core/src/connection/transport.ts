import type { Bytes } from '../runtime/bytes.ts'
import type { CloseCause } from './close.ts'
import type { MessageType } from './message.ts'

/**
 * What became of a message.
 *
 * - `sent`: accepted, and the network keeps up: it took all, or next to nothing waits.
 * - `queued`: accepted; it waits for the network. Send less until the session's `drain`.
 * - `closed`: not accepted, because the connection is closing or closed.
 */
export type SendResult = 'sent' | 'queued' | 'closed'

/**
 * One accepted socket, as an adapter shows it to core. The only thing that core knows of a server.
 *
 * Its methods do not throw, and only `close` and `terminate` may call the listener before they return.
 * After `close`, core calls nothing but `resume` and `terminate`. After `terminate`, or once it was
 * told {@link TransportListener.closed}, it calls nothing.
 */
export interface Transport {
  /** Bytes that were sent and that the network has not taken yet. */
  readonly bufferedAmount: number
  /**
   * A number that falls while the network takes what waits and nothing is sent. It shows that a slow
   * peer is alive; where `bufferedAmount` itself falls byte by byte it is the same.
   */
  readonly backlog: number
  /** Whether `pause` stops the reading; `false` where the engine knows no such thing. */
  readonly canPause: boolean
  /**
   * Sends one message, whole and in order, and never drops one that it accepts.
   * {@link TransportListener.drained} must follow a `queued`, once nothing waits any more.
   */
  send(data: string | Bytes, type: MessageType): SendResult
  /** Bytes that a text takes in UTF-8. Asked for every text that is sent: engines know a quick way. */
  byteLength(text: string): number
  /** Sends a ping frame without payload (RFC 6455, section 5.5.2). */
  ping(): void
  /**
   * Sends a close frame behind all that was sent before, and ends the connection once the peer has
   * answered (RFC 6455, section 7.1.2). Core has checked both values, and terminates the transport
   * if that takes too long.
   */
  close(code: number, reason: string): void
  /** Ends the connection now, without a close frame. */
  terminate(): void
  /** Stops reading from the socket. Messages that were read already may still come. */
  pause(): void
  /** Reads on. */
  resume(): void
  /**
   * Hands over nothing more in this turn of the event loop, neither messages nor pings and pongs, and goes on by
   * itself in the next. Core asks for it when a connection has had its share. For an engine that can stop within
   * what it has read already; where there is none core keeps what comes, and pauses the reading if it can.
   */
  holdTurn?(): boolean
  /** Makes a call in which several messages are sent, so that they can leave together. */
  together?(call: () => void): void
  /**
   * Calls `waiter` once at the end of this turn of the event loop, when what has come with it was delivered,
   * and never before this returns. A loop session goes on then, with all of it at once, and what it sends
   * until it waits again can leave together. For an engine that lets promises go on after every message;
   * where they wait for the end of a read anyway it is left out.
   *
   * @returns `false` when it will not call, because enough others wait already.
   */
  awaitTurnEnd?(waiter: TurnWaiter): boolean
}

/** A session that waits for the end of a turn. */
export interface TurnWaiter {
  /** The turn is over. The connection may have ended in it. Does not throw. */
  turnEnded(): void
}

/** What a transport can say of its own end. Core knows the rest. */
export type TransportCloseCause = Extract<
  CloseCause,
  'client' | 'lost' | 'protocol-error' | 'invalid-data' | 'message-too-big'
>

/** What core wants to hear from a transport: the receiving side of a connection. */
export interface TransportListener {
  /** The transport can be used. Called once, before anything else. */
  opened(): void
  /** A whole message came. `data` holds the bytes, of text too. Core copies what it keeps. */
  message(data: Bytes, type: MessageType): void
  /** A ping came, which the engine answers by itself. */
  pinged(): void
  /** A pong came, asked for or not. */
  ponged(): void
  /** The network took all that waited. */
  drained(): void
  /**
   * The peer, or the engine because of what the peer sent, has begun to close; nothing can be sent
   * any more, and `closed` will follow. An engine that ends a connection at once need not call it.
   *
   * @param cause `client` when a close frame of the peer came, also as the answer to one of ours
   * @param code with cause `client`, the peer's close code; 1005 when its frame held none
   * @param reason with cause `client`, the peer's close reason
   */
  closing(cause: TransportCloseCause, code?: number, reason?: string): void
  /** The transport is gone. The parameters are those of `closing`. */
  closed(cause: TransportCloseCause, code?: number, reason?: string): void
}
