// What the server is configured with, and the oracles must know.

export const HOST = '127.0.0.1'
export const PATH = '/ws'
export const ORIGIN = 'https://client.example'
export const PROTOCOLS: readonly string[] = ['chat', 'superchat']
/** Small, so that messages over it are cheap. */
export const MAX_MESSAGE_SIZE = 65_536
/** The same, of a hub. */
export const MAX_RECORD_SIZE = 4_096
/** Places of an endpoint. More than are in use at any time, so that a refusal for want of room tells a leak. */
export const MAX_CONNECTIONS = 600
/** A request with this header is decided about a turn later. */
export const LATER_HEADER = 'x-later'
/** A request with this header is refused by `authorize`. */
export const REFUSED_HEADER = 'x-refused'

// Milliseconds of the transports on plain requests, short, so that what is left is let go of soon.
export const OPEN_TIMEOUT = 1_000
export const POLL_TIMEOUT = 300
export const NEXT_POLL_TIMEOUT = 1_000
