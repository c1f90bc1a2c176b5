import type { Socket } from 'node:net'
import { canonicalAddress } from '@wirebeat/core/adapter'

/** Where Node keeps what it has found out. Not public. */
type KeptName = Socket & { _peername?: object | undefined }

/** The address of the other end in canonical form. Empty for a Unix socket. */
export function peerAddress(socket: Socket): string {
  return canonicalAddress(socket.remoteAddress ?? '')
}

/** Drops what Node keeps to tell the address of a socket once more, for one that makes no further request. */
export function forgetPeerName(socket: KeptName): void {
  if (socket._peername !== undefined) socket._peername = undefined
}
