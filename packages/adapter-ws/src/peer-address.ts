import type { Socket } from 'node:net'
import { canonicalAddress } from '@wirebeat/core/adapter'

/** Where Node keeps what it has found out. Not public. */
type KeptName = Socket & { _peername?: object | undefined }

/** The address of the other end in canonical form. Empty for a Unix socket. */
export function peerAddress(socket: KeptName): string {
  const address = canonicalAddress(socket.remoteAddress ?? '')
  // Core keeps the address, and Node would keep an object with it for as long as there is the socket.
  if (socket._peername !== undefined) socket._peername = undefined
  return address
}
