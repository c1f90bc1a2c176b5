import { type Duplex, finished, Writable } from 'node:stream'
import type { EndpointSocket } from './transport.ts'

const SOCKET: unique symbol = Symbol('the WebSocket of a stream')

type OwnedStream = Duplex & { [SOCKET]?: EndpointSocket }

/**
 * Tells core that the client has ended its side of the stream, once all before that was delivered. ws tells it
 * only when the other side has ended too, which a client that takes nothing can put off for ever.
 */
export function tellEndOfStream(socket: EndpointSocket, stream: OwnedStream): void {
  stream[SOCKET] = socket
  // One function for all, because `once` and a closure take some 300 bytes of each connection.
  stream.on('end', ended)
}

function ended(this: OwnedStream): void {
  const socket = this[SOCKET]
  if (socket === undefined) return
  // A message, or a close frame, can still be inflated there. No public API, so it may be missing.
  const reader = '_receiver' in socket ? socket._receiver : undefined
  const tell = (): void => socket.listener?.closing('lost')
  if (reader instanceof Writable) finished(reader, tell)
  else tell()
}
