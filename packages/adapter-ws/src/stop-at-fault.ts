import { Writable } from 'node:stream'
import type { WebSocket } from 'ws'

/**
 * Keeps what reads the frames of a socket from being given more once it has found a fault.
 *
 * While a message is inflated, what comes is queued. When that goes on, Node hands over all of it in one
 * loop, also behind a piece with a fault; ws 8.23 then looks for the mask of a frame that it has dropped,
 * and throws where nobody catches, which would end the process. Without compression nothing is queued.
 *
 * The reader is no public API. Where there is none, nothing is done.
 */
export function stopAtFault(socket: WebSocket): void {
  const reader = '_receiver' in socket ? socket._receiver : undefined
  if (!(reader instanceof Writable)) return
  const write = reader._write
  let isBroken = false
  reader._write = (chunk, encoding, done) => {
    if (isBroken) return
    write.call(reader, chunk, encoding, (error) => {
      isBroken ||= error instanceof Error
      done(error)
    })
  }
}
