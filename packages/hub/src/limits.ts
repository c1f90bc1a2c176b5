import { checkInteger, MAX_TIMER } from '@wirebeat/core/extension'

/**
 * How much one connection may take. What a client reaches that keeps to the protocol makes the server stop reading from
 * it, or fails the one call. What only an attacker reaches ends the connection. The client is told the name of the
 * limit.
 */
export interface HubLimits {
  /**
   * The most bytes of a record, with what marks its end or its length, 1 to 1,073,741,824. A larger one ends the
   * connection. `maxMessageSize` of the endpoint holds for what arrives in one message of a WebSocket. Default: 32,768.
   */
  readonly maxRecordSize?: number
  /**
   * How many calls of one connection run at the same time, 1 to 10,000. Calls begin in the order in which they came.
   * Those with streams in either direction count for `maxStreams` instead. Default: 1, so that a call begins when the
   * one before has ended.
   */
  readonly maxParallelCalls?: number
  /**
   * How many calls of one connection may wait for others to end, 1 to 10,000. With so many, the server stops reading
   * from it. Default: 32.
   */
  readonly maxWaitingCalls?: number
  /**
   * How many streams a connection may have at the same time, in both directions together, 1 to 1,000,000. A call with
   * one more fails. A stream of the client counts until its call has ended. One to the client that was cancelled counts
   * until its method has ended, for at most 5 s. Default: 100.
   */
  readonly maxStreams?: number
  /**
   * How many items of a stream of the client may wait to be read, 1 to 10,000. With one more, the server stops reading
   * from the connection. Default: 10.
   */
  readonly maxUploadItems?: number
  /** How many groups a connection may be in, 1 to 1,000,000. Joining one more fails. Default: 1,000. */
  readonly maxGroups?: number
  /**
   * The most characters of the id of a stream, and of a call with streams, 1 to 32,768. A longer one ends the connection.
   * The id of another call goes with its record, and is bounded by `maxRecordSize`. Default: 128.
   */
  readonly maxIdLength?: number
  /**
   * How many bytes that were received may wait while the server does not read, 1 to 1,073,741,824. Matters on engines
   * without the capability `pause`. More ends the connection. Default: 1 MiB.
   */
  readonly receiveBufferSize?: number
  /**
   * With stateful reconnect, how many bytes of records may wait until the client says that it has them, 1 to
   * 1,073,741,824. With more, `send` of the connection returns `queued` and streams wait. With `maxBufferedAmount` of the
   * endpoint more, the connection ends with cause `slow-consumer`. Official clients say it once in a second. Default:
   * 100,000.
   */
  readonly reconnectBufferSize?: number
  /**
   * How long a client may take for the handshake of the hub, in milliseconds, 1 to 2,147,483,647. Default: 15,000.
   */
  readonly handshakeTimeout?: number
}

const MAX_SIZE = 2 ** 30

/** Each limit: its default, the most that is allowed, and what is counted. */
const LIMITS = {
  maxRecordSize: [32 * 1024, MAX_SIZE, 'bytes'],
  maxParallelCalls: [1, 10_000, 'calls'],
  maxWaitingCalls: [32, 10_000, 'calls'],
  maxStreams: [100, 1_000_000, 'streams'],
  maxUploadItems: [10, 10_000, 'items'],
  maxGroups: [1_000, 1_000_000, 'groups'],
  maxIdLength: [128, 32_768, 'characters'],
  receiveBufferSize: [1024 * 1024, MAX_SIZE, 'bytes'],
  reconnectBufferSize: [100_000, MAX_SIZE, 'bytes'],
  handshakeTimeout: [15_000, MAX_TIMER, 'milliseconds'],
} as const satisfies Record<keyof HubLimits, readonly [number, number, string]>

/** The names of the limits. */
export const LIMIT_NAMES: readonly string[] = Object.keys(LIMITS)

/** @throws OptionError for the first limit that is out of range. */
export function resolveLimits(limits: HubLimits): Required<HubLimits> {
  const resolve = (name: keyof HubLimits): number => {
    const [standard, most, unit] = LIMITS[name]
    const value = limits[name] ?? standard
    checkInteger(name, value, 1, most, unit)
    return value
  }
  return {
    maxRecordSize: resolve('maxRecordSize'),
    maxParallelCalls: resolve('maxParallelCalls'),
    maxWaitingCalls: resolve('maxWaitingCalls'),
    maxStreams: resolve('maxStreams'),
    maxUploadItems: resolve('maxUploadItems'),
    maxGroups: resolve('maxGroups'),
    maxIdLength: resolve('maxIdLength'),
    receiveBufferSize: resolve('receiveBufferSize'),
    reconnectBufferSize: resolve('reconnectBufferSize'),
    handshakeTimeout: resolve('handshakeTimeout'),
  }
}
