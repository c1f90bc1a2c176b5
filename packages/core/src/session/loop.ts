import type { CloseEvent } from '../connection/close.ts'
import type { Connection } from '../connection/connection.ts'
import type { Bytes, Message } from '../connection/message.ts'

/** A connection as a loop session owns it: messages are read from it, and `send` can be awaited. */
export interface LoopConnection<Context = unknown>
  extends Pick<
      Connection<Context>,
      | 'id'
      | 'context'
      | 'protocol'
      | 'remoteAddress'
      | 'bufferedAmount'
      | 'roundTripTime'
      | 'isOpen'
      | 'close'
      | 'terminate'
    >,
    AsyncIterable<Message, undefined> {
  /**
   * Sends one message: a string as text, bytes as binary. Leave these unchanged as {@link Connection.send} says.
   *
   * @returns a promise that waits while the network is slower than you: `sent` once all is taken,
   * `closed` when the message was not accepted because the connection is closing or closed: a client that
   * closes right behind a message need not get its answer. It rejects
   * with a {@link ConnectionClosedError} when the connection ends while the message waits; nobody can
   * know whether it arrived.
   * @throws TypeError at once for data of another type.
   */
  send(data: string | Bytes): Promise<'sent' | 'closed'>
  /** Resolves once the connection has ended; never rejects. */
  readonly closed: Promise<CloseEvent>
}

/**
 * What the application does with a connection, as a function that owns it. When it returns, the
 * connection closes with 1000; when it throws, with 1011.
 *
 * Iterating yields the messages in order. It ends after a clean close and throws a
 * {@link ConnectionClosedError} after any other end. Messages that wait to be read count against
 * `receiveBufferSize`; at that mark reading pauses.
 */
export interface LoopSession<Context = unknown> {
  readonly run: (connection: LoopConnection<Context>) => Promise<void>
  readonly memory?: never
}

/**
 * Makes a session of an async function. Where `authorize` makes a context, name its type:
 * `loop<User>(async (connection) => ...)`.
 */
export function loop<Context = unknown>(
  run: (connection: LoopConnection<Context>) => Promise<void>,
): LoopSession<Context> {
  if (typeof run !== 'function') throw new TypeError(`loop takes a function, got ${typeof run}`)
  return { run }
}

/**
 * The connection ended while a loop session was reading from it or waiting to send. A session need
 * not catch it: thrown out of the session it is no session error, the connection being gone.
 */
export class ConnectionClosedError extends Error {
  /** How the connection ended. */
  readonly event: CloseEvent

  constructor(event: CloseEvent) {
    super(`connection closed: ${event.cause} (${event.code}${event.reason && ` ${event.reason}`})`)
    this.name = 'ConnectionClosedError'
    this.event = event
  }
}
