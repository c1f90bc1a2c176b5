import type { Bytes } from '../runtime/bytes.ts'
import type { CloseEvent } from './close.ts'
import type { MessageType } from './message.ts'
import type { SendResult } from './transport.ts'

/**
 * One client, seen from the application. There is one object for each connection: sessions, events and
 * `endpoint.connections` all hand out the same one.
 */
export interface Connection<Context = unknown> {
  /** A short text that no other connection has, on this server or on another. It is no secret. */
  readonly id: string
  /** What `authorize` returned; `undefined` without one. */
  readonly context: Context
  /** The subprotocol that was agreed on (RFC 6455, section 1.9); empty when there is none. */
  readonly protocol: string
  /** The peer's address, an IPv4-mapped one as IPv4; empty where it has none. */
  readonly remoteAddress: string
  /** Bytes that were sent and that the network has not taken yet. */
  readonly bufferedAmount: number
  /**
   * Milliseconds from the last measured ping to its pong, to a tenth. The ping waits behind all that
   * was sent before it, and the pong until this process reads it, so a long queue and a busy process
   * show in it; and so does a client that sends pongs nobody asked for. `undefined` while none was
   * measured, always with `keepAliveInterval: 0`, and always when the session sends pings of its own.
   */
  readonly roundTripTime: number | undefined
  /** Whether messages can be sent: neither side has begun to close. */
  readonly isOpen: boolean
  /** Resolves once the connection has ended, after the session's `close`. Never rejects. */
  readonly closed: Promise<CloseEvent>

  /**
   * Sends one message and returns at once. When more than `maxBufferedAmount` bytes wait already, the
   * connection closes with 1008 and cause `slow-consumer` instead.
   *
   * @param data text as a string, binary as a `Uint8Array` or an `ArrayBuffer`. Leave the bytes unchanged
   * until the connection has drained: an engine may send them from where they are.
   * @param type `'text'` sends bytes as text; they must be valid UTF-8 then. A string is always text.
   * @throws TypeError for data of another type.
   */
  send(data: string | Bytes, type?: MessageType): SendResult

  /**
   * Sends one message, and waits while the network is slower than you. For code that sends a lot, and
   * for loop sessions.
   *
   * @param data as for {@link send}
   * @param type as for {@link send}
   * @returns a promise that resolves to `sent` once the network keeps up, or to `closed` when the
   * message was not accepted because the connection is closing or closed: a client that closes right
   * behind a message need not get its answer. It rejects with a `ConnectionClosedError` when the
   * connection ends while the message waits; nobody can know whether it arrived.
   * @throws TypeError at once for data of another type.
   */
  sendAndWait(data: string | Bytes, type?: MessageType): Promise<'sent' | 'closed'>

  /**
   * Starts the closing handshake. Nothing is received any more; what was sent before still goes out.
   * A peer that does not answer within `closeTimeout` is disconnected. Does nothing when the
   * connection is closing already.
   *
   * @param code 1000 (the default), 1001, 1003, 1007 to 1014 or 3000 to 4999 (RFC 6455, section 7.4)
   * @param reason at most 123 bytes of UTF-8
   * @throws RangeError or TypeError for other values; the connection stays as it was.
   */
  close(code?: number, reason?: string): void

  /** Ends the connection now, without a close frame. The peer sees 1006. */
  terminate(): void

  /**
   * Stops reading, so that the network slows the sender down. Does nothing on an engine without the
   * capability `pause`. While reading is paused, silence alone does not end the connection.
   */
  pause(): void

  /** Reads on. */
  resume(): void
}
