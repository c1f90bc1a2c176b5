import type { Connection } from './connection.ts'
import type { Prepared } from './prepared.ts'

/** Counts the bytes of a text in UTF-8. */
export interface TextCounter {
  byteLength(text: string): number
}

/** What a session has sent to a client, so that it can be sent again by another wire. */
export interface SentLog {
  /** By how many bytes more is kept than should be. With more than 0, `send` returns `queued`. */
  readonly excess: number
  /**
   * Notes a message that is being sent.
   *
   * @param message as it was sent
   * @param counter for a log that does not write a text, and so learns its size
   * @returns its bytes, or `undefined` if it is not kept. A message that is not kept is lost where there is no wire.
   */
  add(message: string | Uint8Array | Prepared, counter: TextCounter): number | undefined
  /**
   * A new wire is there. What was read from the former one may end within a message of the session's protocol.
   *
   * @param send sends by the new wire. All that is kept is to be sent, before this returns.
   */
  replay(send: (message: string | Uint8Array | Prepared) => void): void
}

/** A connection that may outlive its wire: the socket may be cut, and the client come back by another one. */
export interface Reconnectable {
  /**
   * From now on the connection outlives its wire. All that it is sent goes by the log. Bytes are not copied for that, so
   * that they must not change after they were sent.
   */
  keepBy(log: SentLog): void
  /** The excess of the log may be gone. */
  acknowledged(): void
}

/** The key under which a connection has that. The same symbol in every copy of this package. */
const RECONNECTABLE: unique symbol = Symbol.for('@wirebeat/core reconnectable connection')

/** A connection, with what only few of them have. */
type Carried = Connection & { readonly [RECONNECTABLE]?: Reconnectable }

/** How a connection can outlive its wire. `undefined` for one that cannot. */
export function reconnectableOf(connection: Connection): Reconnectable | undefined {
  const carried: Carried = connection
  return carried[RECONNECTABLE]
}

/** Has a connection be one that can outlive its wire. To be called before its session is told of it. */
export function setReconnectable(connection: Connection, reconnectable: Reconnectable): void {
  Object.defineProperty(connection, RECONNECTABLE, { value: reconnectable })
}
