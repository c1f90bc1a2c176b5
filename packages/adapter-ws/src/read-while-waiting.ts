import type { Duplex } from 'node:stream'

/** Bytes that a client may send before it is answered; what is more stays in the network. */
const EARLY_LIMIT = 64 * 1024

/**
 * Reads the socket of a request that is not answered yet, because nothing else tells that the client
 * has gone away, and keeps what it reads for the WebSocket.
 *
 * @param head what has been read already
 * @param onGone called once, should the client go away meanwhile
 * @returns a function that leaves the socket to somebody else, who must listen to it at once, and
 * returns what was read.
 */
export function readWhileWaiting(socket: Duplex, head: Buffer, onGone: () => void): () => Buffer {
  const early = [head]
  let size = head.length
  const keep = (chunk: Buffer): void => {
    early.push(chunk)
    size += chunk.length
    if (size > EARLY_LIMIT) socket.pause()
  }
  // A client that closes its side can neither send messages nor answer a close frame.
  const destroy = (): void => void socket.destroy()
  const listeners = Object.entries({ data: keep, end: destroy, error: destroy, close: onGone })
  for (const [event, listener] of listeners) socket.on(event, listener)
  return () => {
    for (const [event, listener] of listeners) socket.off(event, listener)
    socket.resume()
    return Buffer.concat(early)
  }
}
