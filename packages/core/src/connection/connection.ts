import type { PathParams } from '../address/path.ts'
import type { Bytes } from '../runtime/bytes.ts'
import type { CloseEvent } from './close.ts'
import type { MessageType } from './message.ts'
import type { Prepared } from './prepared.ts'
import type { SendResult, TransportKind } from './transport.ts'

/**
 * One client, seen from the application. Each connection has one object: sessions, events and
 * `endpoint.connections` give the same one.
 */
export interface Connection<Context = unknown, Params = PathParams> {
  /** A short text that is unique across servers. It is not a secret. */
  readonly id: string
  /** What the messages travel by. Other than `'web-sockets'` only with `httpTransports`. */
  readonly transport: TransportKind
  /** The value that `authorize` returned. `undefined` without `authorize`. */
  readonly context: Context
  /** The subprotocol of the connection (RFC 6455, section 1.9). Empty when there is none. */
  readonly protocol: string
  /** The parameters of the endpoint's path: `{ id: 'seven' }` for `/rooms/:id` and `/rooms/seven`. */
  readonly params: Params
  /**
   * The client's IP address. An IPv4 address that is mapped into IPv6 is given as IPv4. Empty for a client
   * on a Unix socket. Behind proxies see the option `trustedProxies`.
   */
  readonly remoteAddress: string
  /** The number of bytes that were sent and that the network has not taken yet. */
  readonly bufferedAmount: number
  /**
   * The time from the last measured ping to its pong, in milliseconds with one decimal. It includes the
   * time that the ping waits behind earlier messages, and the time until this process reads the pong. A
   * client that sends pongs without a ping makes it wrong. `undefined` until a ping was measured. Always
   * `undefined` with `keepAliveInterval: 0`, and for a session with a `ping` handler.
   */
  readonly roundTripTime: number | undefined
  /** Whether messages can be sent: `true` until one side begins to close. */
  readonly isOpen: boolean
  /** Resolves once the connection has ended, after the session's `close`. Never rejects. */
  readonly closed: Promise<CloseEvent>

  /**
   * Sends one message and returns at once. When more than `maxBufferedAmount` bytes already wait, the
   * connection is closed with 1008 and cause `slow-consumer` instead.
   *
   * @param data a string for text, a `Uint8Array` or an `ArrayBuffer` for binary, or a message that
   * `prepare` has made. When the result is `queued`, do not change the bytes until the session's `drain`, or
   * until {@link sendAndWait} has resolved: an engine may send them without copying them.
   * @param type `'text'` sends bytes as text. They must be valid UTF-8. A string is always sent as text, and
   * a prepared message as what it was prepared. A lone surrogate is sent as U+FFFD.
   * @returns `sent`, `queued` or `closed`; see {@link SendResult}.
   * @throws TypeError for data of another type.
   */
  send(data: string | Bytes | Prepared, type?: MessageType): SendResult

  /**
   * Sends one message, and waits while the network is slower than the sender. For loop sessions, and for
   * code that sends many messages.
   *
   * @param data as for {@link send}
   * @param type as for {@link send}
   * @returns a promise. It resolves to `sent` when the network has taken the message, or when next to
   * nothing waits. It resolves to `closed` when the message was not accepted, because the connection is
   * closing or closed. It rejects with a `ConnectionClosedError` when the connection ends while the message
   * waits; then it is not known whether the message arrived.
   * @throws TypeError at once for data of another type.
   */
  sendAndWait(data: string | Bytes | Prepared, type?: MessageType): Promise<'sent' | 'closed'>

  /**
   * Gives the network at once what was sent before. Else it leaves when this turn of the event loop ends, so that
   * all that a turn sends leaves together. Call it before work that holds up the event loop for long, and before
   * the process ends. It is never needed for messages to arrive, and calling it after each costs what sending
   * them together saves. Does nothing once the connection is closing, and for what waits for a slow network.
   *
   * On an engine without the capability `flush`, what is sent within a handler leaves when that returns, however
   * it is flushed.
   */
  flush(): void

  /**
   * Starts the closing handshake (RFC 6455, section 7.1.2). Messages that were sent before still go out.
   * The session receives no more messages. A client that does not answer within `closeTimeout` is
   * disconnected. Does nothing when the connection is already closing.
   *
   * @param code 1000, 1001, 1003, 1007 to 1014 or 3000 to 4999 (RFC 6455, section 7.4). Default: 1000.
   * @param reason at most 123 bytes of UTF-8. Default: empty.
   * @throws RangeError for a value out of range, TypeError for one of the wrong type. The connection stays
   * open then.
   */
  close(code?: number, reason?: string): void

  /** Ends the connection at once, without a close frame. The client sees the code 1006. */
  terminate(): void

  /**
   * Stops reading, so that the network slows the client down. Does nothing on an engine without the
   * capability `pause`. While reading is paused, `clientTimeout` does not end the connection.
   */
  pause(): void

  /** Reads again after {@link pause}. */
  resume(): void
}
