import { Writable } from 'node:stream'
import type { EndpointSocket } from './transport.ts'

const SOCKET: unique symbol = Symbol('the WebSocket of a reader')

type OwnedReader = Writable & { [SOCKET]?: EndpointSocket }

/**
 * Tells core that the client has ended its side of the stream, once all before that was delivered. ws tells it
 * only when the other side has ended too, which a client that takes nothing can put off for ever.
 *
 * ws ends its reader of frames then. It is no public API, so it may be missing.
 */
export function tellEndOfStream(socket: EndpointSocket): void {
  const reader = '_receiver' in socket ? socket._receiver : undefined
  if (!(reader instanceof Writable)) return
  // Not a listener of the stream, which takes 250 bytes of each connection: a message can still be inflated then.
  const owned: OwnedReader = reader
  owned[SOCKET] = socket
  owned._final = ended
}

function ended(this: OwnedReader, done: () => void): void {
  this[SOCKET]?.readerEnded()
  done()
}
