import { type Clock, systemClock } from './clock.ts'
import { sizeOf } from './message.ts'
import { shouldRetry } from './retry-policy.ts'
import type { Loss } from './status.ts'
import type { WebSocketClass } from './web-socket.ts'

/** What is known of an AbortSignal where the types of the platform have none. */
export interface AbortSignalLike {
  readonly aborted: boolean
  addEventListener(type: 'abort', listener: () => void, options?: unknown): void
}

/** Options of a socket. Times are whole milliseconds up to 2,147,483,647, sizes whole bytes. */
export interface ReconnectingWebSocketOptions {
  /** The class that connections are made with. Default: `globalThis.WebSocket`, which Node has from 22 on. */
  WebSocket?: WebSocketClass
  /** The first delay is between 0 and this, and each further one up to twice as long; from 1. Default: 1,000. */
  baseDelay?: number
  /** The longest delay, from 1. Default: 30,000. */
  maxDelay?: number
  /** How long an attempt may take to open, the making of its URL included; from 1. Default: 10,000. */
  connectTimeout?: number
  /** How long the server may take to answer `close()`, from 1. Default: 5,000. */
  closeTimeout?: number
  /**
   * Bytes that may wait for a connection, each message counting 64 more; from 0. `send` throws beyond
   * that; with 0, always when there is no connection. Default: 1 MiB.
   */
  maxQueueSize?: number
  /**
   * Bytes of sent messages that are kept until the server's answer to a heartbeat shows that they
   * arrived, each counting 64 more; from 0, which is off. Beyond that the oldest are forgotten. What is
   * kept when a connection is lost is told by `uncertain` events. Needs `heartbeatMessage`. Default: 0.
   */
  maxUnconfirmedSize?: number
  /**
   * A text of 1 to 125 bytes of UTF-8 that the server answers with the same text: `heartbeatMessage`
   * of a Wirebeat endpoint, or any text on a plain echo server. Neither is handed to the application.
   * The server must not send it for any other reason. Default: none, and no heartbeat is sent.
   */
  heartbeatMessage?: string
  /** X: a heartbeat is due when nothing was said for so long, from 1. Default: 120,000, as at the server. */
  keepAliveInterval?: number
  /**
   * How long the server may be silent before the connection counts as lost, from 0, which is for ever.
   * Any message is a sign of life. Default: 2 × `keepAliveInterval` with a `heartbeatMessage`, else 0.
   */
  serverTimeout?: number
  /** Whether to connect again after a loss or a failed attempt. Default: `shouldRetry`, by close code. */
  shouldRetry?: (loss: Loss) => boolean
  /** Ends the socket as `close()` does. Default: none. */
  signal?: AbortSignalLike
  /** Where time comes from. Default: `performance.now()` and `setTimeout()`. */
  clock?: Clock
}

/** The options of a socket, checked, with the defaults filled in. */
export type ResolvedOptions = Readonly<
  Required<Omit<ReconnectingWebSocketOptions, 'heartbeatMessage' | 'signal'>>
> & {
  readonly heartbeatMessage: string | undefined
  readonly signal: AbortSignalLike | undefined
}

const MAX = 2 ** 31 - 1

/**
 * Checks the options of a socket and fills in the defaults.
 *
 * @throws TypeError for the first one that is wrong or unknown.
 */
export function resolveOptions(options: ReconnectingWebSocketOptions): ResolvedOptions {
  const {
    // No type of a platform says what may be missing from it.
    WebSocket = (globalThis as { WebSocket?: WebSocketClass }).WebSocket,
    shouldRetry: policy = shouldRetry,
    heartbeatMessage,
    signal,
    clock = systemClock,
    baseDelay = 1_000,
    maxDelay = 30_000,
    connectTimeout = 10_000,
    closeTimeout = 5_000,
    keepAliveInterval = 120_000,
    serverTimeout = heartbeatMessage === undefined ? 0 : Math.min(2 * keepAliveInterval, MAX),
    maxQueueSize = 2 ** 20,
    maxUnconfirmedSize = 0,
  } = options
  if (typeof WebSocket !== 'function') throw optionError('WebSocket', WebSocket, 'a class')
  if (typeof policy !== 'function') throw optionError('shouldRetry', policy, 'a function')
  if (
    heartbeatMessage !== undefined &&
    !(typeof heartbeatMessage === 'string' && heartbeatMessage && sizeOf(heartbeatMessage) < 126)
  ) {
    throw optionError('heartbeatMessage', heartbeatMessage, 'a string of 1 to 125 bytes')
  }
  const resolved: ResolvedOptions = {
    WebSocket,
    shouldRetry: policy,
    heartbeatMessage,
    signal,
    clock,
    ...checked({ baseDelay, maxDelay, connectTimeout, closeTimeout, keepAliveInterval }, 1),
    ...checked({ serverTimeout, maxQueueSize, maxUnconfirmedSize }, 0),
  }
  if (heartbeatMessage === undefined && maxUnconfirmedSize > 0) {
    throw optionError('maxUnconfirmedSize', maxUnconfirmedSize, '0 without heartbeatMessage')
  }
  for (const name of Object.keys(options)) {
    if (!(name in resolved)) {
      const known = Object.keys(resolved).join(', ')
      throw new TypeError(`Unknown option "${name}". Known are ${known}.`)
    }
  }
  return resolved
}

/** @returns the numbers, if all of them are whole ones from `least` to the longest delay of a timer. */
function checked<Numbers extends object>(numbers: Numbers, least: 0 | 1): Numbers {
  for (const [name, value] of Object.entries(numbers)) {
    if (!(Number.isInteger(value) && value >= least && value <= MAX)) {
      throw optionError(name, value, `a whole number from ${least} to 2,147,483,647`)
    }
  }
  return numbers
}

/** The error for a value that cannot be taken. */
export function optionError(name: string, value: unknown, allowed: string): TypeError {
  const shown = typeof value === 'string' ? `"${value}"` : String(value)
  return new TypeError(`${name} must be ${allowed}, got ${shown}.`)
}
