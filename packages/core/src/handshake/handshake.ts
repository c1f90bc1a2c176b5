import type { HandshakeRequest, ReceivedRequest } from '../address/request.ts'
import type { HostPolicy } from './allowed-hosts.ts'
import { checkConnect } from './extended-connect.ts'
import {
  allowsCompression,
  type CompressionFunction,
  chooseExtension,
  type Extension,
} from './extensions.ts'
import type { OriginPolicy } from './origin.ts'
import { Refusal, type RefusalReason } from './refusal.ts'
import { isToken } from './token.ts'

/** The options that are needed to decide about a handshake. */
export interface HandshakePolicy {
  readonly protocols: readonly string[]
  /** Whether an offer of permessage-deflate is accepted. */
  readonly compression: boolean | CompressionFunction
  readonly checkHost: HostPolicy
  readonly checkOrigin: OriginPolicy
}

/** Why no further connection is possible at the moment. */
export type UnavailableReason = Extract<
  RefusalReason,
  'shutting-down' | 'full' | 'address-limit' | 'handshake-limit'
>

/** What client and endpoint agree on. */
export interface Agreement {
  /** The subprotocol to answer with, which is one that the client offers. Empty for none. */
  readonly protocol: string
  /** The value to pass to the engine instead of the client's Sec-WebSocket-Extensions. Empty for none. */
  readonly extension: string
}

/** The result of a valid handshake, before `authorize` is asked. */
export interface ValidHandshake extends Agreement {
  /** The subprotocols that the client offers. */
  readonly offered: readonly string[]
}

/**
 * Decides about one request for the endpoint's path (RFC 6455, section 4.2.1). The result depends only on the
 * arguments; `unavailable` is asked once the request is known to be well formed. The order of the checks is part of the contract: a malformed request is refused as malformed,
 * also when its origin is not allowed.
 */
export function decideHandshake(
  request: HandshakeRequest,
  policy: HandshakePolicy,
  unavailable: (() => Refusal | undefined) | undefined,
  canLimitWindow = false,
): Refusal | ValidHandshake {
  const { headers } = request
  const offered = offeredProtocols(headers.get('sec-websocket-protocol'))
  const extension = chooseExtension(headers.get('sec-websocket-extensions'), canLimitWindow)
  const refusal =
    unreadable(request) ??
    withBody(request) ??
    policy.checkHost(request) ??
    malformed(request, offered, extension) ??
    unavailable?.() ??
    policy.checkOrigin(request)
  if (refusal !== undefined) return refusal

  return agreement(request, policy, offered ?? NONE, extension ?? '')
}

function agreement(
  request: HandshakeRequest,
  { protocols, compression }: HandshakePolicy,
  offered: readonly string[],
  extension: Extension | '',
): ValidHandshake {
  const protocol = protocols.find((name) => offered.includes(name)) ?? ''
  const isAccepted = extension !== '' && allowsCompression(compression, request)
  return { protocol, extension: isAccepted ? extension : '', offered }
}

/**
 * Decides whether a plain request may be handed to the endpoint's extension. Browsers send no Origin with a GET to
 * the server of their own page, so that none is required there.
 */
export function decidePlain(
  request: HandshakeRequest,
  policy: HandshakePolicy,
): Refusal | undefined {
  const needsNoOrigin = request.method === 'GET' && request.headers.get('origin') === undefined
  return (
    unreadable(request) ??
    policy.checkHost(request) ??
    (needsNoOrigin ? undefined : policy.checkOrigin(request))
  )
}

/** 16 bytes in base64 (RFC 6455, section 4.1). */
const KEY = /^[+/0-9A-Za-z]{22}==$/

/** Servers silently drop fields beyond a limit of their own, 1,000 on Node, so this must be lower. */
const MAX_HEADER_FIELDS = 500

/** What keeps a request from being understood at all. */
function unreadable({ headers }: HandshakeRequest): Refusal | undefined {
  if (headers.lines > MAX_HEADER_FIELDS) {
    const body = `The request must have at most ${MAX_HEADER_FIELDS} header fields.`
    return new Refusal('malformed', 431, body)
  }
  const host = headers.get('host')
  if (host === undefined || host.includes(',')) {
    return badRequest('The request must have exactly one Host header.')
  }
  return undefined
}

function withBody({ headers }: HandshakeRequest): Refusal | undefined {
  // What follows the head would be read as frames.
  const length = headers.get('content-length')
  if (
    headers.get('transfer-encoding') !== undefined ||
    (length !== undefined && !/^0+$/.test(length))
  ) {
    return badRequest('A WebSocket handshake must have no body.')
  }
  return undefined
}

function malformed(
  request: HandshakeRequest,
  offered: readonly string[] | undefined,
  extension: Extension | '' | undefined,
): Refusal | undefined {
  const refusal = request.httpVersion < '2' ? checkUpgrade(request) : checkConnect(request)
  if (refusal !== undefined) return refusal
  if (offered === undefined) {
    return badRequest('The Sec-WebSocket-Protocol header must be a list of different tokens.')
  }
  if (extension === undefined) {
    return badRequest('The Sec-WebSocket-Extensions header must be a list of extensions.')
  }
  return undefined
}

/** Whether a request asks for a WebSocket, well formed or not. */
export function asksForWebSocket({ method, headers }: ReceivedRequest): boolean {
  return method === 'CONNECT' || hasMember(headers.get('upgrade'), 'websocket')
}

/** Whether a request over HTTP/1.1 asks for a WebSocket (RFC 6455, section 4.2.1). */
function checkUpgrade({ method, httpVersion, headers }: HandshakeRequest): Refusal | undefined {
  const asks = hasMember(headers.get('upgrade'), 'websocket')
  // Before HTTP/1.1 the header means nothing (RFC 9110, section 7.8).
  if (!asks || httpVersion < '1.1') {
    const body = asks
      ? 'A WebSocket handshake needs HTTP/1.1. Behind nginx, set proxy_http_version 1.1.'
      : 'This is a WebSocket endpoint. The Upgrade header must be websocket.'
    return new Refusal('not-websocket', 426, body, { Upgrade: 'websocket' })
  }
  if (method !== 'GET') {
    const body = 'The method of a WebSocket handshake must be GET.'
    return new Refusal('method', 405, body, { Allow: 'GET' })
  }
  if (headers.get('sec-websocket-version') !== '13') {
    return new Refusal('version', 426, 'The Sec-WebSocket-Version header must be 13.', {
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
    })
  }
  if (!hasMember(headers.get('connection'), 'upgrade')) {
    return badRequest('The Connection header must contain upgrade.')
  }
  if (!KEY.test(headers.get('sec-websocket-key') ?? '')) {
    return badRequest('The request must have one Sec-WebSocket-Key header of 16 bytes in base64.')
  }
  return undefined
}

function badRequest(body: string): Refusal {
  return new Refusal('malformed', 400, body)
}

/** The refusal for a reason that can go away. A message never tells a configured limit. */
export function refuseUnavailable(reason: UnavailableReason): Refusal {
  switch (reason) {
    case 'shutting-down':
      return new Refusal(reason, 503, 'The server is shutting down. Try again later.')
    case 'full':
      return new Refusal(reason, 503, 'The server is full. Try again later.')
    case 'address-limit':
      return new Refusal(
        reason,
        429,
        'This address has too many connections. Close one, or try again later.',
      )
    case 'handshake-limit':
      return new Refusal(reason, 503, 'The server is busy with other handshakes. Try again later.')
  }
}

/** Whether a comma-separated list (RFC 9110, section 5.6.1) has a member. Not case-sensitive. */
function hasMember(list: string | undefined, member: string): boolean {
  if (list === undefined) return false
  const members = list.toLowerCase()
  // Most lists have one member and need not be split.
  return members === member || members.split(',').some((one) => one.trim() === member)
}

const NONE: readonly string[] = []

/**
 * The client's subprotocols (RFC 6455, section 11.3.4), or `undefined` when the list is malformed. Empty members
 * are ignored (RFC 9110, section 5.6.1.2): embedded clients send them.
 */
function offeredProtocols(list: string | undefined): readonly string[] | undefined {
  if (list === undefined) return NONE
  const members = list.split(',').map((name) => name.trim())
  const names = members.filter((name) => name !== '')
  const isWellFormed = names.every(isToken) && new Set(names).size === names.length
  return isWellFormed ? names : undefined
}
