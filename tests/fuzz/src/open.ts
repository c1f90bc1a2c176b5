import { handshakeRequest } from '@wirebeat/test-support/wire'
import { takeResponse } from './response.ts'
import { PATH } from './settings.ts'
import { Wire } from './wire.ts'

/** Opens a WebSocket, and returns the status of the answer with the wire. */
export async function open(
  port: number,
  {
    query = '',
    compression = false,
  }: { readonly query?: string; readonly compression?: boolean } = {},
): Promise<{ readonly wire: Wire; readonly status: number }> {
  const wire = await Wire.connect(port)
  const extensions = compression ? ['Sec-WebSocket-Extensions: permessage-deflate'] : []
  await wire.send([Buffer.from(handshakeRequest(`${PATH}${query}`, 'localhost', extensions))])
  const response = await wire.until(() => takeResponse(wire) ?? wire.end)
  return { wire, status: typeof response === 'object' ? response.status : 0 }
}
