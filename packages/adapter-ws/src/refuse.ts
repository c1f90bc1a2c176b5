import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ServerHttp2Stream } from 'node:http2'
import type { Duplex } from 'node:stream'
import { fieldLines, type PlainResponse, type ResponseHeaders } from '@wirebeat/core/adapter'
import { fieldsForHttp2 } from './http2-stream.ts'

/**
 * Answers an upgrade request, whose socket the server no longer handles.
 *
 * @param linger called with what disconnects the client, and returns what to call when it has hung up
 */
export function refuseUpgrade(
  { method }: Pick<IncomingMessage, 'method'>,
  socket: Duplex,
  refusal: PlainResponse,
  linger: (disconnect: () => void) => () => void,
): void {
  const head = [
    `HTTP/1.1 ${refusal.status} ${refusal.statusText}`,
    ...fieldLines(headersOf(refusal)).map(([name, value]) => `${name}: ${value}`),
  ]
  lingerOn(socket, linger)
  // Read and drop what the client still sends. Unread bytes would cause a reset, which can overtake the
  // answer.
  socket.resume()
  // As Node itself does for plain requests (RFC 9110, section 9.3.2).
  const body = method === 'HEAD' ? '' : refusal.body
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}

/**
 * Answers a request over HTTP/2.
 *
 * @param linger as above
 */
export function refuseStream(
  stream: ServerHttp2Stream,
  refusal: PlainResponse,
  linger: (disconnect: () => void) => () => void,
): void {
  lingerOn(stream, linger)
  // It may have been reset. One that is not read is closed then, and destroyed when it is read.
  if (stream.destroyed || stream.closed) {
    stream.destroy()
    return
  }
  stream.respond({ ':status': refusal.status, ...fieldsForHttp2(fieldLines(headersOf(refusal))) })
  // The answer to HEAD has ended.
  if (!stream.writableEnded) stream.end(refusal.body)
  // Once that has left: the client need not send the rest (RFC 9113, section 8.1).
  stream.close()
}

function lingerOn(stream: Duplex, linger: (disconnect: () => void) => () => void): void {
  const disconnect = (): void => void stream.destroy()
  // The client may have gone away.
  stream.on('error', disconnect)
  stream.once('close', linger(disconnect))
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
