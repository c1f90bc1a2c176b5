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

interface Observable {
  readonly [OBSERVE]?: (observer: ConnectionObserver) => void
}

/**
 * Has an observer told of a connection, until that has ended. Of a connection that has ended already, it is
 * told nothing.
 *
 * @throws TypeError for an object that is no connection of an endpoint.
 */
export function observe(connection: Connection, observer: ConnectionObserver): void {
  // Every connection has it. It may be one of another copy of this package.
  const observable = connection as Observable | undefined
  if (typeof observable?.[OBSERVE] !== 'function') {
    throw new TypeError(`The connection must be one of an endpoint, got ${show(connection)}.`)
  }
  observable[OBSERVE](observer)
}
