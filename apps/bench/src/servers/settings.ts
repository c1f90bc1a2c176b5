// The same for every contestant.

export const HOST = '127.0.0.1'
export const PATH = '/ws'
/** X, in ms: from ping to ping. */
export const HEARTBEAT = 10_000
/**
 * For engines that ping when nothing has come for so many seconds less four, on a wheel of four
 * seconds: the setting nearest to X with which an idle connection is pinged within ten seconds.
 */
export const ENGINE_IDLE_TIMEOUT = 12
/** The topic or room of a broadcast. */
export const TOPIC = 'all'
/** Messages from this size on are compressed, where a load asks for compression. */
export const COMPRESSION_THRESHOLD = 1024
export const MAX_MESSAGE_SIZE: number = 1024 * 1024
export const MAX_BUFFERED_AMOUNT: number = 1024 * 1024
/** What the load generator sends, and the only origin that the adapters' policy lets through. */
export const ORIGIN = 'http://bench.example'
