import { type HandshakeRequest, HeaderFields } from '../../src/address/request.ts'

interface RequestChanges extends Partial<Omit<HandshakeRequest, 'headers'>> {
  /** In place of or beside the usual ones; `undefined` leaves one out, a list sends it repeatedly. */
  readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>>
}

/** A request that every endpoint would accept, but for the changes. */
export function handshakeRequest({ headers = {}, ...rest }: RequestChanges = {}): HandshakeRequest {
  const fields = {
    Host: 'server.example',
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    ...headers,
  }
  const sent = new HeaderFields()
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue
    for (const line of typeof value === 'string' ? [value] : value) sent.add(name, line)
  }
  return {
    method: 'GET',
    url: '/ws',
    httpVersion: '1.1',
    remoteAddress: '192.0.2.1',
    secure: false,
    params: {},
    host: sent.get('host') ?? '',
    ...rest,
    headers: sent,
  }
}
