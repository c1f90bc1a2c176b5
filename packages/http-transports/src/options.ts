import type { HandshakeRequest, TransportKind } from '@wirebeat/core'
import {
  checkFlag,
  checkFunction,
  checkInteger,
  checkNames,
  checkObject,
  checkOneOf,
  MAX_TIMER,
  show,
  wrongValue,
} from '@wirebeat/core/extension'
import type { Servers } from './servers.ts'

/** Where a client is to negotiate instead. */
export interface Redirect {
  /** The URL of an endpoint, to which the client adds `/negotiate`. */
  readonly url: string
  /** The token that the client is to send from then on. Default: it keeps its own. */
  readonly accessToken?: string
}

/** Decides where a client is to negotiate; `undefined` for here. */
export type RedirectFunction = (
  request: HandshakeRequest,
) => Redirect | undefined | Promise<Redirect | undefined>

/** Options of `httpTransports`. */
export interface HttpTransportsOptions {
  /**
   * By what clients may connect, in the order in which they try: at least one of `'web-sockets'`,
   * `'server-sent-events'` and `'long-polling'`. Default: all three, in this order.
   */
  readonly transports?: readonly TransportKind[]
  /**
   * The oldest version of the negotiation that is answered: 0 or 1. Version 0 has one id for a connection, which is told
   * to other clients and opens it as well. Default: 0.
   */
  readonly minNegotiateVersion?: 0 | 1
  /**
   * A name of this server, 1 to 64 letters, digits, `-` and `_`. It stands at the beginning of each token, with a dot
   * behind it, so that a proxy can send the requests of a connection to the server that has it. It is no secret.
   * Default: none.
   */
  readonly serverName?: string
  /**
   * The topics of this server, on a backplane. A POST or a DELETE whose connection is on another server is forwarded to
   * it then, up to the size that the backplane takes. Streams, polls and WebSockets are not, so a proxy must still route
   * by `serverName`, which has to be given. Default: nothing is forwarded.
   */
  readonly servers?: Servers
  /**
   * How long a client may take from its negotiation until it opens a connection, in milliseconds, 1 to 2,147,483,647.
   * What was negotiated counts as a connection until then. Default: 15,000.
   */
  readonly openTimeout?: number
  /**
   * How many bytes stand in the comment at the start of Server-Sent Events, 0 to 65,536. Some proxies hold the start of
   * an answer until they have a few KiB of it, so that a client would wait for its first message; 4,096 gets past those
   * that hold 4 KiB. Default: 0.
   */
  readonly streamPadding?: number
  /**
   * How long a long poll waits for a message, in milliseconds, 1 to 2,147,483,647. It is answered without one then, and
   * at each ping of the endpoint. Default: 90,000.
   */
  readonly pollTimeout?: number
  /**
   * How long a client of long polling may take from the answer to one poll until it has taken that and sends the next
   * one, in milliseconds, 1 to 2,147,483,647. Then its connection ends with cause `lost`. Default: 15,000.
   */
  readonly nextPollTimeout?: number
  /**
   * Whether a client of a hub that asks for it may keep its connection when its WebSocket is cut, and come back by
   * another one: `withStatefulReconnect` of SignalR's clients. Default: `false`.
   */
  readonly statefulReconnect?: boolean
  /**
   * How long such a client may be without a WebSocket, in milliseconds, 1 to 2,147,483,647. Then its connection ends with
   * cause `lost`. Default: 15,000.
   */
  readonly reconnectTimeout?: number
  /**
   * How many connections one address may have negotiated and not opened yet, from 1. Others are refused with 429. A
   * /64 of IPv6 counts as one address. Default: 1,000.
   */
  readonly maxNegotiatedPerAddress?: number
  /**
   * Sends clients to negotiate elsewhere. Asked for each negotiation that `authorize` has let in. What it throws is
   * answered with 500, and goes to `onError`. Where it takes longer than `handshakeTimeout`, the answer is 503. Default:
   * nobody is sent elsewhere.
   */
  readonly redirect?: RedirectFunction
}

/** The options, checked and with their defaults. */
export interface ResolvedOptions {
  readonly transports: readonly TransportKind[]
  readonly minNegotiateVersion: number
  readonly serverName: string | undefined
  readonly servers: Servers | undefined
  readonly openTimeout: number
  readonly streamPadding: number
  readonly pollTimeout: number
  readonly nextPollTimeout: number
  readonly statefulReconnect: boolean
  readonly reconnectTimeout: number
  readonly maxNegotiatedPerAddress: number
  readonly redirect: RedirectFunction | undefined
}

/** @throws OptionError for the first option that is wrong or unknown. */
export function resolveOptions(options: HttpTransportsOptions): ResolvedOptions {
  checkObject('The argument of httpTransports', options)
  const {
    transports = KINDS,
    minNegotiateVersion = 0,
    openTimeout = 15_000,
    streamPadding = 0,
    pollTimeout = 90_000,
    nextPollTimeout = 15_000,
    statefulReconnect = false,
    reconnectTimeout = 15_000,
    maxNegotiatedPerAddress = 1000,
    serverName,
    servers,
    redirect,
  } = options
  checkTransports(transports)
  checkOneOf('minNegotiateVersion', minNegotiateVersion, [0, 1])
  if (serverName !== undefined) checkServerName(serverName)
  if (servers !== undefined) checkServers(servers, serverName)
  checkInteger('openTimeout', openTimeout, 1, MAX_TIMER, 'milliseconds')
  checkInteger('streamPadding', streamPadding, 0, MAX_PADDING, 'bytes')
  checkInteger('pollTimeout', pollTimeout, 1, MAX_TIMER, 'milliseconds')
  checkInteger('nextPollTimeout', nextPollTimeout, 1, MAX_TIMER, 'milliseconds')
  checkFlag('statefulReconnect', statefulReconnect)
  checkInteger('reconnectTimeout', reconnectTimeout, 1, MAX_TIMER, 'milliseconds')
  if (!Number.isSafeInteger(maxNegotiatedPerAddress) || maxNegotiatedPerAddress < 1) {
    const allowed = 'a whole number of connections from 1 on'
    throw wrongValue('maxNegotiatedPerAddress', maxNegotiatedPerAddress, allowed)
  }
  if (redirect !== undefined) checkFunction('redirect', redirect)
  const resolved = {
    transports: [...transports],
    minNegotiateVersion,
    serverName,
    servers,
    openTimeout,
    streamPadding,
    pollTimeout,
    nextPollTimeout,
    statefulReconnect,
    reconnectTimeout,
    maxNegotiatedPerAddress,
    redirect,
  }
  checkNames(options, Object.keys(resolved))
  return resolved
}

/** Each stream sends as many bytes. */
const MAX_PADDING = 65_536

const KINDS: readonly TransportKind[] = ['web-sockets', 'server-sent-events', 'long-polling']

function checkTransports(transports: unknown): void {
  const names: readonly unknown[] = Array.isArray(transports) ? transports : []
  const isList =
    names.length > 0 &&
    new Set(names).size === names.length &&
    names.every((name) => KINDS.includes(name as TransportKind))
  if (isList) return
  throw wrongValue(
    'transports',
    transports,
    `a list of some of ${KINDS.map(show).join(', ')}, each once`,
  )
}

function checkServerName(name: unknown): void {
  if (typeof name === 'string' && /^[\w-]{1,64}$/.test(name)) return
  throw wrongValue('serverName', name, 'a text of 1 to 64 letters, digits, "-" and "_"')
}

function checkServers(servers: Servers, serverName: string | undefined): void {
  const isOne =
    typeof servers?.ask === 'function' &&
    typeof servers.answer === 'function' &&
    typeof servers.server === 'string' &&
    /^[\w.:-]{0,128}$/.test(servers.server)
  if (!isOne) throw wrongValue('servers', servers, 'what createTopics() returns')
  if (serverName !== undefined) return
  throw wrongValue('serverName', serverName, 'given with servers, because proxies route by it')
}
