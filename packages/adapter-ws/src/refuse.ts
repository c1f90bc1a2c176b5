import type { ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Refusal } from '@wirebeat/core/adapter'

/**
 * Answers a request that has come as an upgrade: the server has let go of its socket.
 *
 * @param patience milliseconds that the peer may take to read the answer and to hang up
 */
export function refuseUpgrade(socket: Duplex, refusal: Refusal, patience: number): void {
  const head = [
    `HTTP/1.1 ${refusal.status} ${refusal.statusText}`,
    ...Object.entries(headersOf(refusal)).map(([name, value]) => `${name}: ${value}`),
  ]
  // The peer may have gone away meanwhile.
  socket.on('error', () => socket.destroy())
  const timer = setTimeout(() => socket.destroy(), patience)
  socket.once('close', () => clearTimeout(timer))
  // What the peer still sends is read and forgotten: unread bytes would turn the end into a reset
  // that can overtake the answer.
  socket.resume()
  socket.end(`${head.join('\r\n')}\r\n\r\n${refusal.body}`)
}

/** Answers a request that is no upgrade. */
export function refuseRequest(response: ServerResponse, refusal: Refusal): void {
  response.writeHead(refusal.status, refusal.statusText, headersOf(refusal))
  response.end(refusal.body)
}

function headersOf({ headers, body }: Refusal): Record<string, string> {
  // Who sends Upgrade must name it here (RFC 9110, section 7.8).
  const connection = 'Upgrade' in headers ? 'close, Upgrade' : 'close'
  return { ...headers, 'Content-Length': String(Buffer.byteLength(body)), Connection: connection }
}
