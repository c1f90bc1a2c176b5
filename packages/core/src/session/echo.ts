import { type LoopSession, loop } from './loop.ts'
import type { BorrowingSession } from './session.ts'

/**
 * Sends every message back as it came, until the client closes. It copies nothing, and reads no
 * faster than it can write where the transport can pause.
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

/** The same service in the loop style. */
export function echoLoop(): LoopSession {
  return loop(async (connection) => {
    for await (const message of connection) await connection.sendAndWait(message)
  })
}
