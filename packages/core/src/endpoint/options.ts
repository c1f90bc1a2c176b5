import { checkPath, type ParamsOf } from '../address/path.ts'
import type { TrustedProxies } from '../address/trusted-proxies.ts'
import { type MessageRate, resolveMessageRate } from '../connection/rate-limit.ts'
import type { Authorize } from '../handshake/authorize.ts'
import type { CompressionFunction } from '../handshake/extensions.ts'
import type { AllowedOrigins } from '../handshake/origin.ts'
import { isToken } from '../handshake/token.ts'
import { encodeHeartbeat } from '../heartbeat/heartbeat-message.ts'
import type { HttpExtension } from '../http/extension.ts'
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
export interface EndpointOptions<Context = undefined, Path extends string = string> {
  /** What the application does with a connection. */
  session: Session<NoInfer<Context>, ParamsOf<Path>>
  /**
   * The pathname as it stands on the request line, without a query: `/chat`, or with parameters that are whole
   * segments, `/rooms/:id`. A parameter takes any segment that is not empty, and its value is in `params` of the
   * request and of the connection, decoded. Where several endpoints of a server take a path, the most exact one gets
   * it. Requests for other paths go to the routes of the server. Default: every path, but those by which Vite and
   * Next.js reload pages while they are developed.
   */
  path?: Path
  /**
   * X, the time between two pings in milliseconds, 0 to 2,147,483,647. 0 turns pings and the 2X rule off.
   * Default: 120,000. Most proxies close a connection that is idle for 60 s, so set 25,000 behind one.
   */
  keepAliveInterval?: number
  /**
   * How long a client may be silent, in milliseconds, 1 to 4,294,967,294. The connection ends then, at most
   * max(X/8, 50 ms) later, with cause `heartbeat`. It must be longer than `keepAliveInterval`: otherwise idle
   * clients are dropped between two pings. It must also be longer than one frame takes to arrive, because
   * nothing else arrives meanwhile. It does not apply while reading is paused. Not allowed with
   * `keepAliveInterval: 0`. Default: 2 × `keepAliveInterval`.
   */
  clientTimeout?: number
  /**
   * What counts as a sign of life. `'traffic'`: any message, ping or pong. `'message'`: messages only, for
   * clients that send messages regularly. A poll of long polling always counts. Default: `'traffic'`.
   */
  aliveOn?: 'traffic' | 'message'
  /**
   * A text of 1 to 125 bytes of UTF-8, for clients that cannot send pings, such as web pages. A text message
   * that is equal to it is a sign of life. The endpoint answers it with the same text, and the session does
   * not receive it. It counts for `messageRate` and `maxMessageSize`, and its answer counts for
   * `maxBufferedAmount`. It is not answered while reading is paused. Default: none.
   */
  heartbeatMessage?: string
  /**
   * The hosts that the server answers for, as clients name them: `'server.example'`, `'*.example.com'` for
   * all subdomains however deep, with a port (`'localhost:5000'`) or, for any port, without. Requests for
   * others are refused with 403. Behind `trustedProxies` it is the host that they tell. It protects a
   * server on a private network or on this machine from DNS rebinding, which no origin check can.
   * Default: every host.
   */
  allowedHosts?: readonly string[]
  /**
   * Which web pages may connect (RFC 6455, section 10.2). It does not authenticate: a program that is not a
   * browser can send any Origin. Default: `'*'`, every page.
   */
  allowedOrigins?: AllowedOrigins
  /** Refuses requests without an Origin header, which browsers always send. Default: `false`. */
  requireOrigin?: boolean
  /**
   * Proxies in front of the server. The client's address, its host and whether it uses TLS are taken from
   * their headers. Without this option all clients have the address of the proxy. Default: none, and such
   * headers are ignored.
   */
  trustedProxies?: TrustedProxies
  /**
   * Admits a request by returning `allow(context)`, or the context itself if that is an object or a text.
   * Refuses it by returning or throwing `refuse(...)`. May return a promise. Any other answer (`true`, `null`,
   * nothing, a `Response`) and any other error refuses with 500 and goes to `onError`. An answer after the
   * signal was aborted has no effect. An error after that goes to `onError`, unless the function has used
   * the signal. Default: every request is admitted, with the context `undefined`.
   */
  authorize?: Authorize<Context, ParamsOf<Path>>
  /**
   * Subprotocols, the preferred one first (RFC 6455, section 1.9). The first one that the client offers is
   * used. Default: none.
   */
  protocols?: readonly string[]
  /**
   * The largest message that is received, in bytes, 1 to 1,073,741,824. A larger one closes the connection
   * with 1009. Default: 1 MiB.
   */
  maxMessageSize?: number
  /**
   * How many bytes of memory may hold what waits for a loop session, 1 to 1,073,741,824. Each text counts 128
   * bytes more than its own, and two for each character if one is not ASCII; each binary message counts 448
   * more. At this mark reading pauses. On an engine that cannot pause, the connection closes with 1008 and
   * cause `slow-consumer`. For sessions of every style, such an engine keeps in as much memory what comes beyond
   * the share of a turn of the event loop, each message, ping and pong with 64 bytes more. A client that exceeds
   * that is disconnected, with cause `slow-consumer`. Default: 1 MiB.
   */
  receiveBufferSize?: number
  /**
   * How many bytes may wait for the network on one connection, 1 to 1,073,741,824. Answers to pings count.
   * Sending beyond this mark closes the connection with 1008 and cause `slow-consumer`. Default: 1 MiB.
   */
  maxBufferedAmount?: number
  /**
   * How many connections there may be, from 1. Others are refused with 503. As many refused clients may take
   * their time to hang up; with one more, the one that was refused first is disconnected. Default: no limit.
   */
  maxConnections?: number
  /**
   * How many connections one address may have, from 1. Others are refused with 429. A /64 of IPv6 counts as
   * one address. Default: no limit.
   */
  maxConnectionsPerAddress?: number
  /**
   * How many handshakes may wait for an asynchronous `authorize`, from 1. Others are refused with 503. A
   * handshake that waits also counts for `maxConnections`. Default: no limit.
   */
  maxPendingHandshakes?: number
  /**
   * How much one client may send per second, on average: a number of messages above 0, or
   * `{ messages, bytes, burst }`. One message may always arrive, up to `maxMessageSize`. More closes the
   * connection with 1008 and cause `rate-limit`. Pings, and pongs that nobody asked for, count as messages without
   * bytes. Pongs that answer pings of the server do not count. Default: no limit.
   */
  messageRate?: number | MessageRate
  /**
   * How long `authorize` may take, in milliseconds, 1 to 2,147,483,647. Then the request is refused with 503.
   * A server that an adapter's `listen` made also waits this long for the request itself. Default: 10,000.
   */
  handshakeTimeout?: number
  /**
   * How long a client may take to answer a close frame, in milliseconds, 1 to 2,147,483,647. Then it is
   * disconnected. The time starts anew while the client takes what was sent before, unless it is closed as
   * `slow-consumer`. Default: 5,000.
   */
  closeTimeout?: number
  /**
   * Accepts permessage-deflate (RFC 7692), without context takeover. Messages of 1 KiB and more are
   * compressed. Each costs CPU time. On ws, a connection keeps about 200 KiB for each direction in which it had a large
   * one: more than 4 KiB sent, or more than 16 KiB received. A function decides for each client that offers it, before
   * `authorize`: see {@link CompressionFunction}. Default: `false`.
   */
  compression?: boolean | CompressionFunction
  /**
   * Answers plain requests on the path of the endpoint, and on paths that begin with it: `httpTransports()` of
   * `@wirebeat/http-transports`. Needs `path`. The path may then end in a `/` in requests. Default: they are refused.
   */
  httpTransports?: HttpExtension
  /**
   * Called with every error that the application throws: in a session, in `authorize` or a listener of its
   * signal, in an origin function or in a listener. Default: writes the error to the console.
   */
  onError?: (error: unknown, source: ErrorSource<NoInfer<Context>>) => void
  /** The clock of the endpoint, for tests. Default: the clock of the process. */
  clock?: Clock
}

/** The options that are `undefined` when they are left out. */
type WithoutDefault =
  | 'path'
  | 'allowedHosts'
  | 'heartbeatMessage'
  | 'trustedProxies'
  | 'authorize'
  | 'messageRate'
  | 'httpTransports'

/** The options of an endpoint, checked and with their defaults. */
export interface ResolvedOptions<Context>
  extends Readonly<Required<Omit<EndpointOptions<Context>, WithoutDefault>>> {
  readonly path: string | undefined
  readonly allowedHosts: readonly string[] | undefined
  /** The text as UTF-8. */
  readonly heartbeatMessage: Uint8Array | undefined
  readonly trustedProxies: TrustedProxies | undefined
  readonly authorize: Authorize<Context> | undefined
  readonly messageRate: MessageRate | undefined
  readonly httpTransports: HttpExtension | undefined
}

const MIB = 1024 * 1024
/** The largest size that every engine can hold in one buffer. */
const MAX_SIZE = 2 ** 30
const NO_LIMIT = Number.POSITIVE_INFINITY

declare const console: { error(...data: unknown[]): void }

/**
 * Checks the options of an endpoint and fills in the defaults. Only `undefined` is replaced by a default.
 *
 * @throws OptionError for the first option that is wrong or unknown.
 */
export function resolveOptions<Context>(
  options: EndpointOptions<Context>,
): ResolvedOptions<Context> {
  checkObject('The argument of createEndpoint', options)
  const {
    keepAliveInterval = 120_000,
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
    allowedHosts,
    trustedProxies,
    authorize,
    messageRate,
    heartbeatMessage,
    httpTransports,
  } = options
  checkInteger('keepAliveInterval', keepAliveInterval, 0, MAX_TIMER, 'milliseconds')
  // Plain JavaScript may pass values that cannot be multiplied, such as 5n.
  const { clientTimeout = 2 * keepAliveInterval } = options
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
  if (typeof compression !== 'boolean' && typeof compression !== 'function') {
    throw wrongValue('compression', compression, 'true, false or a function')
  }
  checkFunction('onError', onError)
  if (authorize !== undefined) checkFunction('authorize', authorize)
  if (path !== undefined) checkPath(path)
  if (httpTransports !== undefined) checkHttpTransports(httpTransports, path)
  checkSession(session)
  if (session.ping !== undefined && keepAliveInterval === 0) {
    throw wrongValue('keepAliveInterval', 0, 'above 0 for a session that pings, as a hub does')
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
    // Checked by createHostPolicy() and createOriginPolicy().
    allowedHosts,
    allowedOrigins,
    requireOrigin,
    // Checked by createClientResolver().
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
    httpTransports,
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

function checkHttpTransports(extension: HttpExtension, path: string | undefined): void {
  if (typeof extension?.serve !== 'function') {
    throw wrongValue('httpTransports', extension, 'what httpTransports() returns')
  }
  if (path === undefined) {
    const advice = 'Without one, it cannot be told which requests are for the endpoint.'
    throw wrongValue('path', path, 'given with httpTransports', advice)
  }
}

const CLOCK_METHODS = ['now', 'schedule', 'afterArrivals', 'afterTurn'] as const

/** @throws OptionError for a value that is no clock. */
export function checkClock(clock: Clock): void {
  const isClock = CLOCK_METHODS.every((name) => typeof clock?.[name] === 'function')
  if (!isClock) {
    throw wrongValue('clock', clock, `an object with ${CLOCK_METHODS.join('(), ')}()`)
  }
}

function checkProtocols(protocols: unknown): void {
  if (!Array.isArray(protocols)) throw wrongValue('protocols', protocols, 'a list of names')
  // Spread, because forEach() skips the holes of a list.
  const names: readonly unknown[] = [...protocols]
  names.forEach((name, index) => {
    if (typeof name !== 'string' || !isToken(name) || names.indexOf(name) !== index) {
      const allowed = 'a token (RFC 9110, section 5.6.2) that stands in the list once'
      throw wrongValue(`protocols[${index}]`, name, allowed)
    }
  })
}
