import { adapter, listen } from '@wirebeat/adapter-ws'
import { makeCertificate } from '@wirebeat/conformance/certificate'
import type { Adapter } from '@wirebeat/core/adapter'

const tls = await makeCertificate()

/** Servers of HTTP/2, for clients that open WebSockets over it (RFC 8441). */
export const overHttp2: Adapter = {
  ...adapter,
  name: 'ws over HTTP/2',
  listen: (endpoint, { host = '127.0.0.1', port = 0 } = {}) =>
    listen(endpoint, { host, port, tls, http2: true }),
}
