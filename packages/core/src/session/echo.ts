import { type LoopSession, loop } from './loop.ts'
import type { BorrowingSession } from './session.ts'

/**
 * A session that sends every message back unchanged. It does not copy messages. It reads only as fast as the
 * client receives, on engines with the capability `pause`.
 */
export function echo(): BorrowingSession {
  return {
    memory: 'borrowed',
    message(connection, data, type) {
      if (connection.send(data, type) === 'queued') connection.pause()
    },
    drain(connection) {
      connection.resume()
    },
  }
}

/** The same session as {@link echo}, written as a loop. */
export function echoLoop(): LoopSession {
  return loop(async (connection) => {
    for await (const message of connection) await connection.sendAndWait(message)
  })
}
