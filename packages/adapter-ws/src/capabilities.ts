import type { MissingCapabilities } from '@wirebeat/core/adapter'

/** What ws cannot do. `upstream` names files of ws. */
export const missing: MissingCapabilities = {
  'many-fragments': {
    reason:
      'It closes with 1008 when a message has more than 16,384 fragments, to bound its memory.',
    upstream: 'lib/receiver.js, maxFragments',
  },
  'minimal-length': {
    reason: 'It reads a length that takes more bytes than it needs as what it says.',
    upstream: 'lib/receiver.js, getPayloadLength16() and getPayloadLength64()',
  },
}
