/**
 * What an engine may be unable to do. Everything else is asked of every adapter.
 *
 * - `pause`: reading from a connection can be stopped, so that a fast sender is slowed down
 *   instead of being closed with `slow-consumer`.
 * - `close-answer`: the peer's answer to a close frame of the server is seen, so that `wasClean`
 *   can be true for a close that the server started.
 * - `close-code-range`: the peer's close codes 1012 to 1014 and 3000 to 3999 are told.
 * - `close-payload`: a close frame with one byte, or with a code that may not be sent, is refused.
 * - `framing-close`: broken framing is answered with 1002, and broken UTF-8 with 1007, before the
 *   connection ends.
 * - `oversize-close`: a message of any size over the limit is answered with 1009.
 * - `unmasked`: a frame without a mask is refused.
 * - `many-fragments`: a message may have any number of fragments.
 * - `early-data`: bytes that come in one packet with the handshake are not lost.
 * - `wire`: there are bytes on a wire, so that a client can send what is no message. Only a transport
 *   in memory is without.
 */
export type Capability =
  | 'wire'
  | 'pause'
  | 'close-answer'
  | 'close-code-range'
  | 'close-payload'
  | 'framing-close'
  | 'oversize-close'
  | 'unmasked'
  | 'many-fragments'
  | 'early-data'

/** What an adapter's engine cannot do, each with the reason. An empty object: it can do all. */
export type MissingCapabilities = Readonly<Partial<Record<Capability, string>>>
