import type { MissingCapabilities } from '@wirebeat/core/adapter'

/** What uWebSockets.js cannot do. */
export const missingCapabilities: MissingCapabilities = {
  pause: 'uWebSockets.js cannot stop reading from a WebSocket.',
  'close-answer': 'uWebSockets.js ends the connection with its close frame, and reports no answer.',
  'close-code-range':
    'uWebSockets.js takes the close codes 1012 to 1014 and 3000 to 3999 of a peer for invalid.',
  'close-payload':
    'uWebSockets.js tolerates a close frame with one byte or with a code that may not be sent.',
  'framing-close': 'uWebSockets.js answers broken framing and broken UTF-8 with a bare FIN.',
  'oversize-close':
    'uWebSockets.js answers a message over its limit, twice that of the endpoint, with a bare FIN.',
  unmasked: 'uWebSockets.js waits for the mask that a frame without one does not have.',
  'early-data': 'uWebSockets.js loses bytes that come in one packet with the handshake.',
}
