import { type Clock, systemClock } from './clock.ts'
import { sizeOf } from './message.ts'
import { optionError } from './option-error.ts'
import { shouldReconnect } from './retry-policy.ts'
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
  /**
   * How long a connection must have been open for the delays to begin anew, from 0. Default: 5,000.
   */
  minUptime?: number
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
  /** Whether to connect again after a loss or a failed attempt. Default: `shouldReconnect`, by close code. */
  shouldReconnect?: (loss: Loss) => boolean
  /** Whether to begin with the status `closed`, until `reconnect()`. Default: `false`. */
  startClosed?: boolean
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

/** Numbers that may be 0. */
const FROM_ZERO = {
  maxQueueSize: 2 ** 20,
  minUptime: 5_000,
  maxUnconfirmedSize: 0,
  serverTimeout: 0,
}

const NUMBERS = {
  maxDelay: 30_000,
  keepAliveInterval: 120_000,
  closeTimeout: 5_000,
  connectTimeout: 10_000,
  baseDelay: 1_000,
  ...FROM_ZERO,
}

/**
 * Checks the options of a socket and fills in the defaults.
 *
 * @throws TypeError for the first option that is wrong or unknown.
 */
export function resolveOptions(options: ReconnectingWebSocketOptions): ResolvedOptions {
  const resolved: Record<string, unknown> = {
    // It may be missing, whatever the types of the platform say.
    WebSocket: (globalThis as { WebSocket?: WebSocketClass }).WebSocket,
    heartbeatMessage: undefined,
    signal: undefined,
    shouldReconnect,
    clock: systemClock,
    startClosed: false,
    ...NUMBERS,
  }
  for (const [name, value] of Object.entries(options)) {
    if (!(name in resolved)) {
      throw new TypeError(`Unknown option "${name}". Known are ${Object.keys(resolved)}.`)
    }
    if (value === undefined) continue
    if (name in NUMBERS) checkNumber(name, value, name in FROM_ZERO ? 0 : 1)
    resolved[name] = value
  }
  // What the types of the options forbid is refused here and above.
  const checked = resolved as unknown as ResolvedOptions
  const { heartbeatMessage, signal, clock, startClosed } = checked
  const need = (isRight: boolean, name: string, allowed: string): void => {
    if (!isRight) throw optionError(name, resolved[name], allowed)
  }
  need(typeof startClosed === 'boolean', 'startClosed', 'true or false')
  // A page may be rendered where there is none.
  need(isFunction(checked.WebSocket) || startClosed, 'WebSocket', 'a class')
  need(isFunction(checked.shouldReconnect), 'shouldReconnect', 'a function')
  need(isFunction(clock?.now) && isFunction(clock.schedule), 'clock', 'a Clock')
  need(signal === undefined || isFunction(signal?.addEventListener), 'signal', 'an AbortSignal')
  need(
    heartbeatMessage !== undefined || checked.maxUnconfirmedSize === 0,
    'maxUnconfirmedSize',
    '0 without heartbeatMessage',
  )
  if (heartbeatMessage === undefined) return checked
  const size = sizeOf(heartbeatMessage)
  // Not a number where it is no message.
  need(size > 0 && size < 126, 'heartbeatMessage', 'a string of 1 to 125 bytes')
  if (options.serverTimeout === undefined) {
    resolved['serverTimeout'] = Math.min(2 * checked.keepAliveInterval, MAX)
  }
  return checked
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function'
}

/** @throws TypeError unless the value is whole, and from `least` to the longest delay of a timer. */
export function checkNumber(name: string, value: unknown, least: 0 | 1): void {
  // The bits of such a number, and of nothing else, are the value itself.
  if (((value as number) & MAX) !== value || value < least) {
    throw optionError(name, value, `a whole number from ${least} to 2,147,483,647`)
  }
}
