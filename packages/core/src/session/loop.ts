import type { PathParams } from '../address/path.ts'
import type { Connection } from '../connection/connection.ts'
import type { Message } from '../connection/message.ts'
import { show } from '../runtime/show.ts'

/**
 * The connection of a loop session. It is the same object as in events and in `endpoint.connections`, and
 * iterating it yields the messages.
 */
export interface LoopConnection<Context = unknown, Params = PathParams>
  extends Connection<Context, Params> {
  // Written out, because AsyncIterable has a second parameter since TypeScript 5.6 only.
  [Symbol.asyncIterator](): AsyncIterator<Message, undefined>
}

/**
 * A session written as an async function. The connection closes with 1000 when the function returns, and with
 * 1011 when it throws.
 *
 * Iterating the connection yields the messages in order. It ends when the client, the session or a shutdown
 * has closed the connection, and throws a `ConnectionClosedError` after any other end. Messages that wait to
 * be read count for `receiveBufferSize`. Send with `await connection.sendAndWait(...)`, so that the loop is
 * not faster than the network.
 */
export interface LoopSession<Context = unknown, Params = PathParams> {
  readonly run: (connection: LoopConnection<Context, Params>) => Promise<void>
  readonly memory?: never
  readonly ping?: never
}

/**
 * Makes a session of an async function. Give the type of the context when there is one:
 * `loop<User>(async (connection) => ...)`.
 *
 * @throws TypeError when the argument is not a function.
 */
export function loop<Context = unknown, Params = PathParams>(
  run: (connection: LoopConnection<Context, Params>) => Promise<void>,
): LoopSession<Context, Params> {
  if (typeof run !== 'function') {
    throw new TypeError(`The argument of loop must be a function, got ${show(run)}.`)
  }
  return { run }
}
