import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { fieldLines, type PlainResponse, type ResponseHeaders } from '@wirebeat/core/adapter'

/**
 * Answers an upgrade request, whose socket the server no longer handles.
 *
 * @param linger called with what disconnects the client, and returns what to call when it has hung up
 */
export function refuseUpgrade(
  { method }: IncomingMessage,
  socket: Duplex,
  refusal: PlainResponse,
  linger: (disconnect: () => void) => () => void,
): void {
  const head = [
    `HTTP/1.1 ${refusal.status} ${refusal.statusText}`,
    ...fieldLines(headersOf(refusal)).map(([name, value]) => `${name}: ${value}`),
  ]
  // The client may have gone away.
  socket.on('error', () => socket.destroy())
  socket.once(
    'close',
    linger(() => socket.destroy()),
  )
  // Read and drop what the client still sends. Unread bytes would cause a reset, which can overtake the
  // answer.
  socket.resume()
  // As Node itself does for plain requests (RFC 9110, section 9.3.2).
  const body = method === 'HEAD' ? '' : refusal.body
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}

/** Answers a plain request. */
export function refuseRequest(response: ServerResponse, refusal: PlainResponse): void {
  response.writeHead(refusal.status, refusal.statusText, fieldLines(headersOf(refusal)).flat())
  response.end(refusal.body)
}

function headersOf({ headers, body }: PlainResponse): ResponseHeaders {
  // A sender of Upgrade must list it in Connection (RFC 9110, section 7.8).
  const connection = 'Upgrade' in headers ? 'close, Upgrade' : 'close'
  return { ...headers, 'Content-Length': String(Buffer.byteLength(body)), Connection: connection }
}
