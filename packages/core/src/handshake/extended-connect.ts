import type { HandshakeRequest } from '../address/request.ts'
import { Refusal } from './refusal.ts'

/**
 * Whether a request over HTTP/2 asks for a WebSocket (RFC 8441, section 5). It has no key and no Connection
 * header. No answer can have an Upgrade header, so none has the status 426.
 */
export function checkConnect({
  method,
  connectProtocol = '',
  headers,
}: HandshakeRequest): Refusal | undefined {
  if (method !== 'CONNECT') {
    const body = 'This is a WebSocket endpoint. Over HTTP/2 the method must be CONNECT (RFC 8441).'
    return new Refusal('not-websocket', 405, body, { Allow: 'CONNECT' })
  }
  if (connectProtocol.toLowerCase() !== 'websocket') {
    const body = 'This is a WebSocket endpoint. The :protocol of a CONNECT must be websocket.'
    return new Refusal('not-websocket', 501, body)
  }
  if (headers.get('sec-websocket-version') !== '13') {
    return new Refusal('version', 400, 'The Sec-WebSocket-Version header must be 13.', {
      'Sec-WebSocket-Version': '13',
    })
  }
  return undefined
}
