import type { CloseCause } from './close.ts'
import type { Connection } from './connection.ts'
import { checkConnection } from './observer.ts'

/** The key of the method by which a connection is closed with a cause. The same symbol in every copy of this package. */
export const CLOSE_AS: unique symbol = Symbol.for('@wirebeat/core close a connection with a cause')

/** A connection, as this copy or another one has made it. */
interface Closable extends Connection {
  readonly [CLOSE_AS]: (cause: CloseCause, code: number) => void
}

/**
 * Closes a connection with another cause than `server`. For a protocol above the connection that knows why it ends, such
 * as by a message with which its client leaves.
 *
 * @throws RangeError or TypeError for a code that may not be sent.
 * @throws TypeError for a value that is no connection.
 */
export function closeAs(connection: Connection, cause: CloseCause, code: number): void {
  checkConnection(connection)
  // Checked above.
  const closable = connection as Closable
  closable[CLOSE_AS](cause, code)
}
