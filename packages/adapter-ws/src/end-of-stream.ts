import { type Duplex, finished, Writable } from 'node:stream'
import type { TransportListener } from '@wirebeat/core/adapter'
import type { WebSocket } from 'ws'

/**
 * Tells core that the client has ended its side of the stream, once all before that was delivered. ws tells it
 * only when the other side has ended too, which a client that takes nothing can put off for ever.
 */
export function tellEndOfStream(
  socket: WebSocket,
  stream: Duplex,
  listener: TransportListener,
): void {
  stream.once('end', () => {
    // A message, or a close frame, can still be inflated there. No public API, so it may be missing.
    const reader = '_receiver' in socket ? socket._receiver : undefined
    const tell = (): void => listener.closing('lost')
    if (reader instanceof Writable) finished(reader, tell)
    else tell()
  })
}
