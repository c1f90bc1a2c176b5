import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'
import type { ClientCertificate } from '@wirebeat/core'

/** Only a certificate that Node has verified, also where the server lets others in (`rejectUnauthorized: false`). */
export function clientCertificate(socket: Duplex): ClientCertificate | undefined {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined
  return socket.getPeerX509Certificate()
}
