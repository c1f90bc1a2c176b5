import type { Duplex } from 'node:stream'

/** How many bytes are read before the client is answered. The rest stays in the network. */
const EARLY_LIMIT = 64 * 1024

/**
 * Reads the socket of a request that waits for its answer, to notice when the client goes away. Keeps the
 * bytes for the WebSocket.
 *
 * @param head the bytes that were read before
 * @param onGone called once, when the client goes away
 * @returns a function that stops reading and returns the bytes. The caller must listen to the socket at once.
 */
export function readWhileWaiting(socket: Duplex, head: Buffer, onGone: () => void): () => Buffer {
  const early = [head]
  let size = head.length
  const keep = (chunk: Buffer): void => {
    early.push(chunk)
    size += chunk.length
    if (size > EARLY_LIMIT) socket.pause()
  }
  // A client that has closed its side cannot send messages or answer a close frame.
  const destroy = (): void => void socket.destroy()
  const listeners = Object.entries({ data: keep, end: destroy, error: destroy, close: onGone })
  for (const [event, listener] of listeners) socket.on(event, listener)
  return () => {
    for (const [event, listener] of listeners) socket.off(event, listener)
    socket.resume()
    return Buffer.concat(early)
  }
}
