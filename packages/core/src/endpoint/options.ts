import type { TrustedProxies } from '../address/trusted-proxies.ts'
import { type MessageRate, resolveMessageRate } from '../connection/rate-limit.ts'
import type { Authorize } from '../handshake/authorize.ts'
import type { AllowedOrigins } from '../handshake/origin.ts'
import { isToken } from '../handshake/token.ts'
import { encodeHeartbeat } from '../heartbeat/heartbeat-message.ts'
import { type Clock, MAX_TIMER, systemClock } from '../runtime/clock.ts'
import {
  checkFlag,
  checkFunction,
  checkInteger,
  checkNames,
  checkObject,
  checkOneOf,
  wrongValue,
} from '../runtime/option-error.ts'
import { checkSession, type Session } from '../session/session.ts'
import type { ErrorSource } from './endpoint-events.ts'

/** The options of an endpoint. Times are in milliseconds, sizes in bytes. */
export interface EndpointOptions<Context = undefined> {
  /** What the application does with a connection. */
  session: Session<NoInfer<Context>>
  /**
   * The exact pathname, as it stands on the request line, without a query; no pattern. Requests for
   * other paths are left to the host's own routes. Default: every path.
   */
  path?: string
  /**
   * X, the milliseconds from ping to ping: 0, or 1 to 2,147,483,647. 0 turns pings and the 2X rule
   * off. Default: 120,000.
   */
  keepAliveInterval?: number
  /**
   * How long a client may be silent before it counts as gone, 1 to 4,294,967,294. The connection ends
   * at most max(X/8, 50 ms) later, with cause `heartbeat`. Make it longer than `keepAliveInterval`, or
   * idle clients are dropped between two pings, and longer than a single frame takes to arrive, since
   * nothing else can come meanwhile. A connection whose reading is paused because its session does not
   * read is not judged by its silence. Default: 2 × `keepAliveInterval`.
   */
  clientTimeout?: number
  /**
   * What counts as a sign of life: `'traffic'`, any message, ping or pong; `'message'`, messages
   * alone, for clients that promise to speak. Default: `'traffic'`.
   */
  aliveOn?: 'traffic' | 'message'
  /**
   * A text of 1 to 125 bytes of UTF-8, by which a client that cannot send pings, as a web page
   * cannot, shows that it is alive and learns that the server is. A text message that equals it is a
   * sign of life and is answered with the same text; the session is not handed it. It counts for
   * `messageRate` and `maxMessageSize`, and its answer for `maxBufferedAmount`. While reading is
   * paused it is not answered. Default: none.
   */
  heartbeatMessage?: string
  /**
   * Which web pages may connect. It authenticates nobody: a program that is not a browser sends the
   * Origin it likes. Default: `'*'`, every page.
   */
  allowedOrigins?: AllowedOrigins
  /** Refuses requests without an Origin header, which browsers always send. Default: `false`. */
  requireOrigin?: boolean
  /**
   * Proxies in front of the server. Behind them the client's address, and whether it came over TLS and for
   * which host, is what they tell; without this option all clients have the address of the proxy.
   * Default: none, and every such header is ignored.
   */
  trustedProxies?: TrustedProxies
  /**
   * Lets a request in by returning the context of its connection, or keeps it out by returning
   * `refuse(...)`. A throw is answered with 500 and reported to `onError`. What comes after the signal
   * was aborted has no effect, but an error that comes then is reported unless the signal was asked
   * for. Default: all are let in, with the context `undefined`.
   */
  authorize?: Authorize<Context>
  /** Subprotocols, the preferred one first (RFC 6455, section 1.9). Default: none. */
  protocols?: readonly string[]
  /** The largest message that is received, 1 to 2^30; a larger one closes with 1009. Default: 1 MiB. */
  maxMessageSize?: number
  /**
   * Bytes that a loop session has received and not yet read, each message counting 64 more; 1 to 2^30.
   * At this mark reading pauses, or, on an engine that cannot pause, the connection closes with 1008 and
   * cause `slow-consumer`. Default: 1 MiB.
   */
  receiveBufferSize?: number
  /**
   * Bytes sent and not yet taken by the network, answers to pings among them; 1 to 2^30. Sending more
   * beyond this mark closes with 1008 and cause `slow-consumer`. Default: 1 MiB.
   */
  maxBufferedAmount?: number
  /** Connections at one time, from 1; further ones are refused with 503. Default: no limit. */
  maxConnections?: number
  /**
   * Connections at one time from one address, from 1, a /64 counting as one address; further ones
   * are refused with 429. Default: no limit.
   */
  maxConnectionsPerAddress?: number
  /**
   * Handshakes at one time that wait for an asynchronous `authorize`, from 1; further ones are refused
   * with 503. Each of them holds a place of `maxConnections` as well. Default: no limit.
   */
  maxPendingHandshakes?: number
  /**
   * What one connection may send a second, on average and as much in one burst: a number of messages,
   * or `{ messages, bytes, burst }`. A burst is never less than one message, however large
   * `maxMessageSize` lets it be. More closes with 1008 and cause `rate-limit`. Pings, and pongs
   * that nobody asked for, count as messages without bytes; the answers to pings of the server do not count. Default: no limit.
   */
  messageRate?: number | MessageRate
  /**
   * How long `authorize` may take before the request is refused with 503, and how long a server that
   * an adapter's `listen` made waits for the request itself; 1 to 2,147,483,647. Default: 10,000.
   */
  handshakeTimeout?: number
  /** How long a peer may take to answer a close frame, 1 to 2,147,483,647. Default: 5,000. */
  closeTimeout?: number
  /**
   * Offers permessage-deflate (RFC 7692) without context takeover; messages from 1 KiB on are
   * compressed. It costs CPU for every such message and, on ws, some 300 KiB of memory for each one
   * that is being compressed. Default: `false`.
   */
  compression?: boolean
  /**
   * Told of every error that code of the application threw: a session, `authorize`, an origin
   * function. Default: writes it to the console.
   */
  onError?: (error: unknown, source: ErrorSource<NoInfer<Context>>) => void
  /** Where the endpoint takes its time from. Default: the clock of the process. */
  clock?: Clock
}

/** The options whose absence stands as `undefined`. */
type WithoutDefault = 'path' | 'heartbeatMessage' | 'trustedProxies' | 'authorize' | 'messageRate'

/** The options of an endpoint, checked, with the defaults filled in. */
export interface ResolvedOptions<Context>
  extends Readonly<Required<Omit<EndpointOptions<Context>, WithoutDefault>>> {
  readonly path: string | undefined
  /** As bytes. */
  readonly heartbeatMessage: Uint8Array | undefined
  readonly trustedProxies: TrustedProxies | undefined
  readonly authorize: Authorize<Context> | undefined
  readonly messageRate: MessageRate | undefined
}

const MIB = 1024 * 1024
/** Bytes from which on a message is compressed, where compression was agreed on. */
export const COMPRESSION_THRESHOLD: number = 1024
/** What the engines can hold in one buffer. */
const MAX_SIZE = 2 ** 30
const NO_LIMIT = Number.POSITIVE_INFINITY

declare const console: { error(...data: unknown[]): void }

/**
 * Checks the options of an endpoint and fills in the defaults. Only what is left out has a default:
 * a `null` is as wrong as any other value.
 *
 * @throws OptionError for the first option that is wrong or unknown.
 */
export function resolveOptions<Context>(
  options: EndpointOptions<Context>,
): ResolvedOptions<Context> {
  checkObject('The argument of createEndpoint', options)
  const {
    keepAliveInterval = 120_000,
    clientTimeout = 2 * keepAliveInterval,
    aliveOn = 'traffic',
    allowedOrigins = '*',
    requireOrigin = false,
    protocols = [],
    maxMessageSize = MIB,
    receiveBufferSize = MIB,
    maxBufferedAmount = MIB,
    maxConnections = NO_LIMIT,
    maxConnectionsPerAddress = NO_LIMIT,
    maxPendingHandshakes = NO_LIMIT,
    handshakeTimeout = 10_000,
    closeTimeout = 5_000,
    compression = false,
    clock = systemClock,
    onError = (error: unknown) => console.error(error),
    session,
    path,
    trustedProxies,
    authorize,
    messageRate,
    heartbeatMessage,
  } = options
  checkInteger('keepAliveInterval', keepAliveInterval, 0, MAX_TIMER, 'milliseconds')
  if (keepAliveInterval === 0 && options.clientTimeout !== undefined) {
    throw wrongValue('clientTimeout', clientTimeout, 'left out while keepAliveInterval is 0')
  }
  if (keepAliveInterval > 0) {
    checkInteger('clientTimeout', clientTimeout, 1, 2 * MAX_TIMER, 'milliseconds')
  }
  checkInteger('handshakeTimeout', handshakeTimeout, 1, MAX_TIMER, 'milliseconds')
  checkInteger('closeTimeout', closeTimeout, 1, MAX_TIMER, 'milliseconds')
  checkInteger('maxMessageSize', maxMessageSize, 1, MAX_SIZE, 'bytes')
  checkInteger('receiveBufferSize', receiveBufferSize, 1, MAX_SIZE, 'bytes')
  checkInteger('maxBufferedAmount', maxBufferedAmount, 1, MAX_SIZE, 'bytes')
  checkCount('maxConnections', maxConnections, 'connections')
  checkCount('maxConnectionsPerAddress', maxConnectionsPerAddress, 'connections')
  checkCount('maxPendingHandshakes', maxPendingHandshakes, 'handshakes')
  checkOneOf('aliveOn', aliveOn, ['traffic', 'message'])
  checkFlag('requireOrigin', requireOrigin)
  checkFlag('compression', compression)
  checkFunction('onError', onError)
  if (authorize !== undefined) checkFunction('authorize', authorize)
  if (path !== undefined) checkPath(path)
  checkSession(session)
  if (session.ping !== undefined && keepAliveInterval === 0) {
    throw wrongValue('session.ping', session.ping, 'left out while keepAliveInterval is 0')
  }
  checkProtocols(protocols)
  checkClock(clock)
  const resolved: ResolvedOptions<Context> = {
    session,
    path,
    keepAliveInterval,
    clientTimeout,
    aliveOn,
    heartbeatMessage:
      heartbeatMessage === undefined
        ? undefined
        : encodeHeartbeat(heartbeatMessage, maxMessageSize),
    // Checked where its entries are compiled.
    allowedOrigins,
    requireOrigin,
    // The same.
    trustedProxies,
    authorize,
    protocols: [...protocols],
    maxMessageSize,
    receiveBufferSize,
    maxBufferedAmount,
    maxConnections,
    maxConnectionsPerAddress,
    maxPendingHandshakes,
    messageRate: messageRate === undefined ? undefined : resolveMessageRate(messageRate),
    handshakeTimeout,
    closeTimeout,
    compression,
    onError,
    clock,
  }
  checkNames(options, Object.keys(resolved))
  return resolved
}

function checkCount(name: string, value: unknown, unit: string): void {
  if (value === NO_LIMIT || (Number.isSafeInteger(value) && Number(value) >= 1)) return
  throw wrongValue(name, value, `a whole number of ${unit} from 1 on`, 'Leave it out for no limit.')
}

const CLOCK_METHODS = ['now', 'schedule', 'afterArrivals', 'afterTurn'] as const

function checkClock(clock: Clock): void {
  const isClock = CLOCK_METHODS.every((name) => typeof clock?.[name] === 'function')
  if (!isClock) {
    throw wrongValue('clock', clock, `an object with ${CLOCK_METHODS.join('(), ')}()`)
  }
}

function checkPath(path: unknown): void {
  const allowed =
    'an exact pathname such as "/chat", without pattern, query, fragment or spaces, in ASCII (é as %C3%A9)'
  const isPathname = typeof path === 'string' && /^\/[!-~]*$/.test(path) && !/[?#]/.test(path)
  // Routers read these as patterns; here they would only ever match themselves.
  if (!isPathname || /\*|\/:/.test(path)) throw wrongValue('path', path, allowed)
}

function checkProtocols(protocols: unknown): void {
  if (!Array.isArray(protocols)) throw wrongValue('protocols', protocols, 'a list of names')
  const names: readonly unknown[] = protocols
  names.forEach((name, index) => {
    if (typeof name !== 'string' || !isToken(name) || names.indexOf(name) !== index) {
      const allowed = 'a token (RFC 9110, section 5.6.2) that stands in the list once'
      throw wrongValue(`protocols[${index}]`, name, allowed)
    }
  })
}
