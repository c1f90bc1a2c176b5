import type { MissingCapabilities } from '@wirebeat/core/adapter'

/** What uWebSockets.js cannot do. `upstream` names files of uWebSockets, or of uSockets, its own source. */
export const missing: MissingCapabilities = {
  'expect-continue': {
    reason: 'It sends no 100, so that a client waits until it sends the body by itself.',
    upstream: 'src/HttpContext.h, which does not look at Expect',
  },
  pipelining: {
    reason: 'It ends the connection when a request comes behind one that is not answered yet.',
    upstream: 'src/HttpContext.h, HTTP_RESPONSE_PENDING',
  },
  pause: {
    reason: 'It cannot stop reading from a WebSocket.',
    upstream: 'src/WebSocket.h has no pause()',
  },
  'hold-turn': {
    reason: 'It delivers all that it has read at once.',
    upstream: 'src/WebSocketProtocol.h, consume()',
  },
  'close-answer': {
    reason: 'It ends the connection with its own close frame, and does not look at the answer.',
    upstream: 'src/WebSocket.h, end()',
  },
  'close-code-range': {
    reason: 'It takes the close codes 1012 to 1014 and 3000 to 3999 of a peer for invalid.',
    upstream: 'src/WebSocketProtocol.h, parseClosePayload()',
  },
  'close-payload': {
    reason: 'It tolerates a close frame with one byte, or with a code that may not be sent.',
    upstream: 'src/WebSocketProtocol.h, parseClosePayload()',
  },
  'framing-close': {
    reason: 'It answers broken framing and broken UTF-8 with a bare FIN; the cause is told.',
    upstream: 'src/WebSocketContext.h, forceClose()',
  },
  'oversize-close': {
    reason:
      'It answers a message over its limit, twice that of the endpoint, with a bare FIN; the cause is told.',
    upstream: 'src/WebSocketContext.h, refusePayloadLength()',
  },
  unmasked: {
    reason: 'It waits for the mask that a frame without one does not have.',
    upstream: 'src/WebSocketProtocol.h, consumeMessage()',
  },
  'tls-backlog': {
    reason:
      'With TLS, what waits falls only once all of it was taken. So a client that takes it for longer than the timeout of the heartbeat, or than closeTimeout, is ended.',
    upstream: 'uSockets, src/crypto/openssl.c, us_internal_ssl_socket_write(), SSL_write() of all',
  },
  'early-data': {
    reason: 'It loses bytes that come in one packet with the handshake.',
    upstream: 'src/HttpContext.h, the upgrade within the data callback',
  },
  'data-before-answer': {
    reason:
      'It ends the connection when bytes come before the answer to an asynchronous authorize.',
    upstream: 'src/HttpContext.h, the data handler',
  },
  'interleaved-message': {
    reason:
      'It takes a binary frame between the fragments of a message for one of them, and a text frame too when a control frame came before it.',
    upstream: 'src/WebSocketProtocol.h, consumeMessage(), lastFin',
  },
  'minimal-length': {
    reason: 'It reads a length that takes more bytes than it needs as what it says.',
    upstream: 'src/WebSocketProtocol.h, consume()',
  },
  'http-1.0': {
    reason: 'It answers a request of HTTP/1.0 with 505 and without a word.',
    upstream: 'src/HttpParser.h, the request line',
  },
  'absolute-form': {
    reason: 'It answers a request target in absolute form with 505.',
    upstream: 'src/HttpParser.h, the request line',
  },
  'many-header-fields': {
    reason: 'It answers a request with more than about a hundred header fields with 431.',
    upstream: 'src/HttpParser.h, UWS_HTTP_MAX_HEADERS_COUNT',
  },
  'split-request-line': {
    reason: 'It answers 505 when a packet ends within the first line of a request.',
    upstream: 'src/HttpParser.h, the request line',
  },
  'request-time': {
    reason: 'It gives every request some 12 s to arrive, and takes no other time.',
    upstream: 'src/HttpContext.h, HTTP_IDLE_TIMEOUT_S',
  },
  'bad-request': {
    reason:
      'It takes a request that is no HTTP/1.1, such as one with a folded header field, for one that goes on, and ends the connection after some 12 s without an answer.',
    upstream: 'src/HttpParser.h, getHeaders()',
  },
  'compressed-control': {
    reason:
      'Where compression was agreed on, it overlooks the first reserved bit of a control frame, and takes it for that of the message on a continuation.',
    upstream: 'src/WebSocketContext.h, setCompressed()',
  },
  'split-compressed-header': {
    reason:
      'It ends the connection for broken framing when a packet ends in the length of a compressed frame of 126 bytes or more.',
    upstream: 'src/WebSocketProtocol.h, consume(), which calls setCompressed() again',
  },
  'inflate-error': {
    reason:
      'It reports compressed data that cannot be inflated in the words for a message over its limit, so that both are told as message-too-big.',
    upstream: 'src/WebSocketProtocol.h, ERR_TOO_BIG_MESSAGE_INFLATION',
  },
  'limited-window': {
    reason:
      'It compresses with a window of one size for all, so offers that limit it are declined, and the next one is looked at.',
    upstream: 'src/PerMessageDeflate.h, the shared compressor',
  },
  'deflate-final-block': {
    reason:
      'It ends the connection when compressed data ends in a final block, and reports a message over its limit.',
    upstream: 'src/PerMessageDeflate.h, inflate()',
  },
  flush: {
    reason: 'It keeps what is sent to a connection within a callback of it until that returns.',
    upstream: 'src/AsyncSocket.h, cork() and uncork(), which no method of a WebSocket calls',
  },
  'compressed-once': {
    reason: 'It takes nothing that is compressed already, and compresses it for each connection.',
    upstream: 'src/WebSocket.h, send()',
  },
  'held-once': {
    reason: 'It copies what a slow client has not taken, for each client.',
    upstream: 'src/AsyncSocket.h, write(), which appends to the buffer of the socket',
  },
}

/** What an app cannot do that has other routes, or TLS. */
export const missingBesideRoutes: MissingCapabilities = {
  ...missing,
  'proxy-protocol': {
    reason:
      'The engine reads that header before every request of a connection, and within TLS, where a client could name any address. Use listen without configure and tls.',
    upstream: 'src/HttpParser.h, fenceAndConsumePostPadded(), ProxyParser',
  },
}
