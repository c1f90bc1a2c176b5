/**
 * A feature that an engine may lack. Every adapter must do everything else. Core itself does not use the
 * list: the conformance battery does, and adapters declare what their engine lacks.
 *
 * - `ping`: ping frames can be sent, and are told when they come. Without it the 2X rule needs
 *   `aliveOn: 'message'`.
 * - `terminate`: a connection can be ended without the client. Without it a client that does not answer a close
 *   frame keeps its place, and counts as `lingering`, until it hangs up.
 * - `compression`: messages can be compressed. Without it an endpoint with `compression` is refused.
 * - `pause`: reading from a connection can be stopped, so that a fast sender is slowed down
 *   instead of being closed with `slow-consumer`.
 * - `hold-turn`: what was read of a connection can be held back until a later turn of the event loop. Without it
 *   core keeps it, and a client is disconnected whose single read is more than `receiveBufferSize` holds.
 * - `prompt-reset`: that a client which does not read has reset the connection is told at once. Without it such a
 *   client ends as `lost` at the next ping, or as `heartbeat`.
 * - `close-answer`: the peer's answer to a close frame of the server is seen, so that `wasClean`
 *   can be true for a close that the server started.
 * - `close-code-range`: the client's close codes 1012 to 1014 and 3000 to 3999 are reported.
 * - `close-payload`: a close frame with one byte, or with a code that may not be sent, is refused.
 * - `framing-close`: broken framing is answered with 1002, and broken UTF-8 with 1007, before the
 *   connection ends.
 * - `oversize-close`: a message of any size over the limit is answered with 1009.
 * - `unmasked`: a frame without a mask is refused.
 * - `many-fragments`: a message may have any number of fragments.
 * - `early-data`: bytes that come in one packet with the handshake are not lost.
 * - `data-before-answer`: bytes that come while an asynchronous `authorize` decides are not lost.
 * - `interleaved-message`: any message that begins between the fragments of another is refused (RFC
 *   6455, section 5.4).
 * - `minimal-length`: a length in more bytes than it needs is refused (RFC 6455, section 5.2).
 * - `proxy-protocol`: the address that a proxy tells by the PROXY protocol, version 2, is read.
 * - `http-1.1`: a handshake is a request of HTTP/1.1, and may come without TLS. Over HTTP/2 it is an extended
 *   CONNECT, which has no Upgrade, no Connection and no key (RFC 8441, section 5).
 * - `http-1.0`: a request of HTTP/1.0 reaches the endpoint, which says what a handshake needs.
 * - `absolute-form`: the request target may be in absolute form (RFC 9112, section 3.2.2).
 * - `many-header-fields`: a request may have 150 header fields.
 * - `split-request-line`: the first line of a request may come in several packets.
 * - `http-version`: a handshake in HTTP/1.0 is told from one in HTTP/1.1, so that it can be refused.
 * - `request-time`: on a server that `listen` made, `handshakeTimeout` bounds the time that a request may
 *   take to arrive.
 * - `bad-request`: a request that is not HTTP/1.1, such as one with a folded header field, is answered
 *   with 400 (RFC 9112, section 5).
 * - `compressed-control`: with compression, a control frame, or a continuation of a message that is not
 *   compressed, is refused when it says that it is compressed.
 * - `split-compressed-header`: with compression, the header of a compressed frame may come in several
 *   packets.
 * - `inflate-error`: compressed data that cannot be inflated has another cause than a message that is
 *   too big.
 * - `strict-inflate`: compressed data with a code for a length or distance that never occurs is refused (RFC 1951,
 *   section 3.2.6).
 * - `limited-window`: with compression, the window of what the server sends can be limited, as a client may
 *   ask (RFC 7692, section 7.1.2.1). The adapter says so with `canLimitWindow` as well.
 * - `deflate-final-block`: compressed data may end in a final block (RFC 7692, section 7.2.3.4).
 * - `tls`: `listen` takes a certificate, and then speaks TLS.
 * - `immediate-write`: what was sent is given to the network within the turn, so that nothing waits for a client that
 *   reads.
 * - `tls-backlog`: with TLS too, what waits for a client falls step by step while the client takes it.
 * - `flush`: what was sent within a handler leaves by `flush` before the handler returns.
 * - `compressed-once`: a prepared message is compressed once for all connections that have agreed on the same.
 * - `held-once`: a prepared message that waits for several slow clients is held in memory once.
 * - `plain-requests`: plain requests can be answered by `httpTransports`. Without it an endpoint with that option is
 *   refused.
 * - `expect-continue`: a client that waits for a 100 before it sends the body of a plain request is sent one (RFC 9110,
 *   section 10.1.1).
 * - `pipelining`: a plain request that comes behind one that is not answered yet waits for that (RFC 9112, section
 *   9.3.2).
 * - `wire`: the client sends bytes, so that it can send malformed frames. Only a transport in memory
 *   lacks this.
 */
export type Capability =
  | 'wire'
  | 'ping'
  | 'terminate'
  | 'compression'
  | 'tls'
  | 'immediate-write'
  | 'tls-backlog'
  | 'pause'
  | 'hold-turn'
  | 'prompt-reset'
  | 'close-answer'
  | 'close-code-range'
  | 'close-payload'
  | 'framing-close'
  | 'oversize-close'
  | 'unmasked'
  | 'many-fragments'
  | 'early-data'
  | 'data-before-answer'
  | 'interleaved-message'
  | 'minimal-length'
  | 'proxy-protocol'
  | 'http-1.1'
  | 'http-1.0'
  | 'absolute-form'
  | 'many-header-fields'
  | 'split-request-line'
  | 'http-version'
  | 'request-time'
  | 'bad-request'
  | 'compressed-control'
  | 'split-compressed-header'
  | 'inflate-error'
  | 'strict-inflate'
  | 'limited-window'
  | 'deflate-final-block'
  | 'flush'
  | 'compressed-once'
  | 'held-once'
  | 'plain-requests'
  | 'expect-continue'
  | 'pipelining'

/** Why an engine cannot do something. */
export interface MissingCapability {
  /** What the engine does instead, in one sentence. */
  readonly reason: string
  /** Where the cause is in the engine: a source file, and what to look for in it. */
  readonly upstream: string
}

/** What an adapter's engine cannot do. An empty object when it can do everything. */
export type MissingCapabilities = Readonly<Partial<Record<Capability, MissingCapability>>>
