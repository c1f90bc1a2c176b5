import { show } from '../runtime/show.ts'
import type { Connection } from './connection.ts'

/**
 * What code beside the session is told of connections. One object may observe any number of them, so that it
 * costs next to no memory. Its methods must not throw.
 */
export interface ConnectionObserver {
  /** The network has taken all that waited, after a `send` that returned `queued`. The session was told before. */
  drained(connection: Connection): void
  /** The connection has ended. Called once. The session and the listeners of the endpoint were told before. */
  ended(connection: Connection): void
}

/** The key of the method by which a connection is observed. The same symbol in every copy of this package. */
export const OBSERVE: unique symbol = Symbol.for('@wirebeat/core observe a connection')

/** The key of the method by which a message is counted. The same symbol in every copy of this package. */
export const COUNT: unique symbol = Symbol.for('@wirebeat/core count a message')

/** A connection, as this copy or another one has made it. */
interface Observable extends Connection {
  readonly [OBSERVE]: (observer: ConnectionObserver) => void
  readonly [COUNT]: () => boolean
}

/** Whether a value is a connection of an endpoint, also of one that another copy of this package has made. */
export function isConnection(value: unknown): value is Connection {
  return typeof value === 'object' && value !== null && OBSERVE in value
}

/** @throws TypeError for a value that is no connection. */
export function checkConnection(value: unknown): void {
  if (isConnection(value)) return
  throw new TypeError(`The connection must be one of an endpoint, got ${show(value)}.`)
}

/**
 * Has an observer told of a connection, until that has ended. It is told once, however often this is called. Of a
 * connection that has ended already, it is told nothing.
 *
 * @throws TypeError for a value that is no connection.
 */
export function observe(connection: Connection, observer: ConnectionObserver): void {
  checkConnection(connection)
  // Checked above.
  const observable = connection as Observable
  observable[OBSERVE](observer)
}

/**
 * Counts one more message for `messageRate`, where one message of the client holds several of a protocol above it.
 * Closes the connection when that is over the rate, with cause `rate-limit`.
 *
 * @returns whether it is within the rate.
 * @throws TypeError for a value that is no connection.
 */
export function countMessage(connection: Connection): boolean {
  checkConnection(connection)
  // Checked above.
  const observable = connection as Observable
  return observable[COUNT]()
}
