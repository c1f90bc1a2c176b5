import type { Connection } from '../connection/connection.ts'
import type { Message } from '../connection/message.ts'
import { show } from '../runtime/show.ts'

/**
 * A connection as a loop session owns it: the object that events and `endpoint.connections` hand out,
 * and its messages can be read from it.
 */
export interface LoopConnection<Context = unknown>
  extends Connection<Context>,
    AsyncIterable<Message, undefined> {}

/**
 * What the application does with a connection, as a function that owns it. When it returns, the
 * connection closes with 1000; when it throws, with 1011.
 *
 * Iterating yields the messages in order. It ends after a clean close and throws a
 * `ConnectionClosedError` after any other end. Messages that wait to be read count against
 * `receiveBufferSize`; at that mark reading pauses. Send with `await connection.sendAndWait(...)`, so
 * that the loop goes no faster than the network.
 */
export interface LoopSession<Context = unknown> {
  readonly run: (connection: LoopConnection<Context>) => Promise<void>
  readonly memory?: never
  readonly ping?: never
}

/**
 * Makes a session of an async function. Where `authorize` makes a context, name its type:
 * `loop<User>(async (connection) => ...)`.
 *
 * @throws TypeError for what is no function.
 */
export function loop<Context = unknown>(
  run: (connection: LoopConnection<Context>) => Promise<void>,
): LoopSession<Context> {
  if (typeof run !== 'function') {
    throw new TypeError(`The argument of loop must be a function, got ${show(run)}.`)
  }
  return { run }
}
