import { type Clock, systemClock } from './clock.ts'
import { sizeOf } from './message.ts'
import { shouldRetry } from './retry-policy.ts'
import type { Loss } from './status.ts'
import type { WebSocketClass } from './web-socket.ts'

/** An `AbortSignal`, where the platform has no type for it. */
export interface AbortSignalLike {
  readonly aborted: boolean
  addEventListener(type: 'abort', listener: () => void, options?: unknown): void
}

/** What may become of one message. */
export interface SendOptions {
  /**
   * How long the message may wait for a connection, in milliseconds from 1. After that it is not sent, and an
   * `expired` event tells of it when the status next changes, or when its room is needed. Default: no limit.
   */
  readonly expiresAfter?: number
}

/** Options of a socket. Times are in milliseconds and sizes in bytes, whole numbers up to 2,147,483,647. */
export interface ReconnectingWebSocketOptions {
  /** The class of the connections. Default: `globalThis.WebSocket`, which Node has from version 22 on. */
  WebSocket?: WebSocketClass
  /** The upper bound of the first delay, from 1. Each further delay has twice the bound. Default: 1,000. */
  baseDelay?: number
  /** The upper bound of all delays, from 1. Default: 30,000. */
  maxDelay?: number
  /** How long an attempt may take, from 1. A function that makes the URL is included. Default: 10,000. */
  connectTimeout?: number
  /** How long the server may take to answer `close()`, from 1. Default: 5,000. */
  closeTimeout?: number
  /**
   * How many bytes may wait for a connection, from 0. Each message counts 64 bytes more. `send` throws beyond
   * it. With 0 it throws whenever there is no connection. Default: 1 MiB.
   */
  maxQueueSize?: number
  /**
   * How many bytes of sent messages are kept until an answer to a heartbeat confirms their arrival, from 0.
   * Each message counts 64 bytes more. Beyond it the oldest messages are forgotten. When the connection is
   * lost, each kept message is reported by an `uncertain` event. 0 turns this off. Needs `heartbeatMessage`.
   * Default: 0.
   */
  maxUnconfirmedSize?: number
  /**
   * A text of 1 to 125 bytes of UTF-8 that the server answers with the same text: the `heartbeatMessage` of a
   * Wirebeat endpoint, or any text on an echo server. The application does not receive the answers. The server
   * must not send the text for any other reason. Default: none, and no heartbeat is sent.
   */
  heartbeatMessage?: string
  /** X, from 1: a heartbeat is sent after a silence of this length. Default: 120,000, as on the server. */
  keepAliveInterval?: number
  /**
   * How long the server may be silent before the connection counts as lost, from 0. Any message is a sign of
   * life. 0 means no limit. Default: 2 × `keepAliveInterval` with a `heartbeatMessage`, otherwise 0.
   */
  serverTimeout?: number
  /** Whether to connect again after a loss or a failed attempt. Default: `shouldRetry`, by close code. */
  shouldRetry?: (loss: Loss) => boolean
  /** Closes the socket when it is aborted, as `close()` does. Default: none. */
  signal?: AbortSignalLike
  /** The clock of the socket, for tests. Default: `performance.now()` and `setTimeout()`. */
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
 * @throws TypeError for the first option that is wrong or unknown.
 */
export function resolveOptions(options: ReconnectingWebSocketOptions): ResolvedOptions {
  const {
    // It may be missing, whatever the types of the platform say.
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

/** @throws TypeError unless all numbers are whole and from `least` to the longest delay of a timer. */
export function checked<Numbers extends object>(numbers: Numbers, least: 0 | 1): Numbers {
  for (const [name, value] of Object.entries(numbers)) {
    if (!(Number.isInteger(value) && value >= least && value <= MAX)) {
      throw optionError(name, value, `a whole number from ${least} to 2,147,483,647`)
    }
  }
  return numbers
}

/** The error for a wrong value. */
export function optionError(name: string, value: unknown, allowed: string): TypeError {
  const shown = typeof value === 'string' ? `"${value}"` : String(value)
  return new TypeError(`${name} must be ${allowed}, got ${shown}.`)
}
