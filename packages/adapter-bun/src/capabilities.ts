import type { MissingCapabilities } from '@wirebeat/core/adapter'

/** What `Bun.serve` cannot do. `upstream` names files of Bun, the engine's own source. */
export const missing: MissingCapabilities = {
  'close-answer': {
    reason: 'It ends the connection with its own close frame, and does not look at the answer.',
    upstream: 'packages/bun-uws/src/WebSocket.h, end()',
  },
  'compressed-once': {
    reason: 'It takes nothing that is compressed already, and compresses it for each connection.',
    upstream: 'packages/bun-uws/src/WebSocket.h, send()',
  },
  'data-before-answer': {
    reason:
      'It answers 400, and ends the connection, when bytes come while an asynchronous authorize decides.',
    upstream: 'packages/bun-uws/src/HttpContext.h, the data handler',
  },
  flush: {
    reason: 'It keeps what is sent to a connection within a handler of it until that returns.',
    upstream: 'packages/bun-uws/src/AsyncSocket.h, cork() and uncork()',
  },
  'held-once': {
    reason: 'It copies what a slow client has not taken, for each client.',
    upstream:
      'packages/bun-uws/src/AsyncSocket.h, write(), which appends to the buffer of the socket',
  },
  'hold-turn': {
    reason: 'It delivers all that it has read at once.',
    upstream: 'packages/bun-uws/src/WebSocketProtocol.h, consume()',
  },
  'http-1.0': {
    reason: 'It does not tell the version of a request, so none is refused for it.',
    upstream: 'packages/bun-uws/src/HttpParser.h, the request line',
  },
  'http-version': {
    reason: 'It takes a handshake in HTTP/1.0 like one in HTTP/1.1.',
    upstream: 'packages/bun-uws/src/HttpParser.h, the request line',
  },
  'limited-window': {
    reason:
      'It compresses with a window of one size for all, so offers that limit it are declined, and the next one is looked at.',
    upstream: 'packages/bun-uws/src/PerMessageDeflate.h, the shared compressor',
  },
  'minimal-length': {
    reason: 'It reads a length that takes more bytes than it needs as what it says.',
    upstream: 'packages/bun-uws/src/WebSocketProtocol.h, consume()',
  },
  pipelining: {
    reason: 'It ends the connection when a request comes behind one that is not answered yet.',
    upstream: 'packages/bun-uws/src/HttpContext.h, HTTP_RESPONSE_PENDING',
  },
  'prompt-reset': {
    reason:
      'It does not always tell that a client has reset the connection while something waits for it.',
    upstream: 'packages/bun-usockets/src/loop.c, us_internal_dispatch_ready_poll()',
  },
  'proxy-protocol': {
    reason: 'It takes the header of the PROXY protocol for a request that is no HTTP.',
    upstream: 'packages/bun-uws/src/HttpParser.h, built without UWS_WITH_PROXY',
  },
  'request-time': {
    reason: 'It gives every request some 12 s to arrive, and takes no other time.',
    upstream: 'packages/bun-uws/src/HttpContext.h, HTTP_IDLE_TIMEOUT_S',
  },
  'strict-inflate': {
    reason:
      'It takes codes that never occur in compressed data for the longest length or distance.',
    upstream: 'packages/bun-uws/src/PerMessageDeflate.h, inflate(), by libdeflate',
  },
}
