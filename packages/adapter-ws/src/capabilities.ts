import process from 'node:process'
import type { MissingCapabilities } from '@wirebeat/core/adapter'

/** What ws cannot do on Deno alone. */
const missingOnDeno: MissingCapabilities = {
  compression: {
    reason: 'On Deno, compressed data that cannot be inflated ends the process.',
    upstream: 'lib/permessage-deflate.js, which resets a stream of node:zlib after it was closed',
  },
  'tls-backlog': {
    reason: 'On Deno, a socket with TLS takes all that it is given, and does not tell what waits.',
    upstream: 'ext/node of Deno, TLSWrap',
  },
}

/** What ws cannot do. `upstream` names files of ws. */
export const missing: MissingCapabilities = {
  'proxy-protocol': {
    reason:
      'Node takes the header of the PROXY protocol for a request that is no HTTP, and answers 400.',
    upstream: 'node:http has no option for it',
  },
  'minimal-length': {
    reason: 'It reads a length that takes more bytes than it needs as what it says.',
    upstream: 'lib/receiver.js, getPayloadLength16() and getPayloadLength64()',
  },
  ...('deno' in process.versions && missingOnDeno),
}
