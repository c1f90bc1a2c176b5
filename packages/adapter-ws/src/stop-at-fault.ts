import { Writable } from 'node:stream'
import type { WebSocket } from 'ws'

/**
 * Stops the receiver of ws after its first fault.
 *
 * While a message is inflated, Node queues what arrives. Later it passes all of it to the receiver in one loop,
 * even after a piece with a fault. ws 8.23 then looks for the mask of a frame that it has dropped, and throws
 * an error that nothing catches, which would end the process. Without compression nothing is queued.
 *
 * The receiver is not a public API. Nothing is done when there is none.
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
