import type { MissingCapabilities } from '@wirebeat/core/adapter'

/** What ws cannot do. `upstream` names files of ws. */
export const missing: MissingCapabilities = {
  'minimal-length': {
    reason: 'It reads a length that takes more bytes than it needs as what it says.',
    upstream: 'lib/receiver.js, getPayloadLength16() and getPayloadLength64()',
  },
}
