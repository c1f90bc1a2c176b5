import type { Endpoint } from '@wirebeat/core'
import {
  type Admission,
  canonicalAddress,
  duplicateEndpoint,
  HeaderFields,
  NOT_FOUND,
  type ReceivedRequest,
  type Refusal,
  type ServedEndpoint,
  serve,
} from '@wirebeat/core/adapter'
import {
  LISTENER,
  type UwsApp,
  type UwsBehavior,
  type UwsRequest,
  type UwsResponse,
} from './engine.ts'
import { type SocketData, UwsTransport } from './transport.ts'

/** The paths of the endpoints that each app carries. */
const pathsOfApp = new WeakMap<UwsApp, Set<string | undefined>>()

/**
 * Binds an endpoint to an `App()` or `SSLApp()` of uWebSockets.js. An app can carry several
 * endpoints, each with a path of its own. Routes for other paths are left alone; an endpoint without
 * a path takes every WebSocket request, and leaves the app its pages.
 *
 * Of two routes with the same method and pattern the engine knows only the later one. So a route of
 * the app's own for the endpoint's path, added after this, takes over its plain requests; WebSocket
 * requests stay with the endpoint.
 *
 * @returns the app.
 * @throws Error when the app carries an endpoint with the same path already, TypeError for what is no
 * endpoint.
 */
export function attach<App extends UwsApp>(app: App, endpoint: Endpoint): App {
  const served = serve(endpoint)
  const { path } = served.options
  const paths = pathsOfApp.get(app) ?? new Set()
  if (paths.has(path)) throw duplicateEndpoint('app', path)
  pathsOfApp.set(app, paths.add(path))
  const secure = isSecure(app)
  // Core lets no path through that the engine's router would take for a pattern.
  app.ws(path ?? '/*', behavior(served, secure))
  if (path !== undefined) {
    const answer = (response: UwsResponse, request: UwsRequest): void => {
      if (!answerPlain(served, secure, response, request)) request.setYield(true)
    }
    // The engine hands over here what it does not take for an upgrade, and that is stricter in some
    // ways and laxer in others than the standard. A route for GET, so that one with a wildcard for
    // pages does not come first.
    app.get(path, answer)
    app.any(path, answer)
  }
  return app
}

/** Answers whatever reaches no route. For an app that serves an endpoint and nothing else. */
export function answerTheRest(app: UwsApp, endpoint: ServedEndpoint): void {
  const secure = isSecure(app)
  app.any('/*', (response, request) => {
    if (!answerPlain(endpoint, secure, response, request)) refuse(response, NOT_FOUND)
  })
}

/** An app does not tell whether it speaks TLS, but the engine names its two kinds. */
function isSecure(app: UwsApp): boolean {
  return app.constructor.name.includes('SSL')
}

function behavior(endpoint: ServedEndpoint, secure: boolean): UwsBehavior<SocketData> {
  const { maxMessageSize, compression } = endpoint.options
  return {
    // The engine answers what is over its limit with a bare FIN. Up to twice the endpoint's limit
    // core sees the message, and closes with 1009.
    maxPayloadLength: Math.max(2 * maxMessageSize, maxMessageSize + 65_536),
    // Core keeps the limit. The engine would drop what is over its own: messages, pings, closes.
    maxBackpressure: 0,
    // Silence is the heartbeat's business.
    idleTimeout: 0,
    sendPingsAutomatically: false,
    compression: compression ? SHARED_COMPRESSOR | SHARED_DECOMPRESSOR : DISABLED,
    upgrade: (response, request, context) => upgrade(endpoint, secure, response, request, context),
    open: (socket) => socket.getUserData().transport.opened(socket),
    message: (socket, data, isBinary) =>
      socket[LISTENER]?.message(data, isBinary ? 'binary' : 'text'),
    ping: (socket) => socket[LISTENER]?.pinged(),
    pong: (socket) => socket[LISTENER]?.ponged(),
    drain: (socket) => socket.getUserData().transport.drained(),
    close: (socket, code, message) =>
      socket.getUserData().transport.closed(code, utf8.decode(message)),
  }
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

// The engine's constants, which an app does not carry.
const DISABLED = 0
const SHARED_COMPRESSOR = 1
const SHARED_DECOMPRESSOR = 256

function upgrade(
  endpoint: ServedEndpoint,
  secure: boolean,
  response: UwsResponse,
  request: UwsRequest,
  context: unknown,
): void {
  const handshake = receivedRequest(response, request, secure)
  const isOurs = endpoint.upgrade(handshake, {
    refuse: (refusal) => refuse(response, refusal),
    accept: (admission) => complete(response, handshake, admission, context),
    wait: (gone) => response.onAborted(gone),
    // A moment later, because it may be another request's callback that has brought the answer, and
    // the engine ends the process when a socket is upgraded while another is corked.
    later: setImmediate,
  })
  if (!isOurs) request.setYield(true)
}

/**
 * Upgrades, and only then makes the connection. When the cork ends, the engine looks at what it knew of
 * the request, in memory that it has given back by then: with whatever has been put there it may take the
 * request for one to be closed, and closes the WebSocket. So as little as can be happens in between: the
 * application must not run within the engine's `open`.
 */
function complete(
  response: UwsResponse,
  { headers }: ReceivedRequest,
  admission: Admission,
  context: unknown,
): void {
  const { protocol, extension } = admission
  const transport = new UwsTransport(extension !== '')
  const key = headers.get('sec-websocket-key') ?? ''
  const data: SocketData = { transport }
  response.cork(() => response.upgrade(data, key, protocol, extension, context))
  transport.admit(admission)
}

/** Answers a request that is no upgrade, or returns `false` when it is not the endpoint's to answer. */
function answerPlain(
  endpoint: ServedEndpoint,
  secure: boolean,
  response: UwsResponse,
  request: UwsRequest,
): boolean {
  const refusal = endpoint.answer(receivedRequest(response, request, secure))
  if (refusal !== undefined) refuse(response, refusal)
  return refusal !== undefined
}

function refuse(response: UwsResponse, { status, statusText, headers, body }: Refusal): void {
  response.cork(() => {
    response.writeStatus(`${status} ${statusText}`)
    for (const [name, value] of Object.entries(headers)) response.writeHeader(name, value)
    // Who sends Upgrade must name it here (RFC 9110, section 7.8); the engine adds close.
    if ('Upgrade' in headers) response.writeHeader('Connection', 'Upgrade')
    response.end(body, true)
  })
}

/** Copies all that core may want to know, because the engine's request is dead after its callback. */
function receivedRequest(
  response: UwsResponse,
  request: UwsRequest,
  secure: boolean,
): ReceivedRequest {
  const headers = new HeaderFields()
  request.forEach((name, value) => {
    headers.add(name, value)
  })
  const query = request.getQuery()
  return {
    method: request.getCaseSensitiveMethod(),
    url: query ? `${request.getUrl()}?${query}` : request.getUrl(),
    headers,
    remoteAddress: canonicalAddress(utf8.decode(response.getRemoteAddressAsText())),
    secure,
  }
}
