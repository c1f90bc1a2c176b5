import { X509Certificate } from 'node:crypto'
import { setImmediate } from 'node:timers'
import type { ClientCertificate, Endpoint } from '@wirebeat/core'
import {
  type Admission,
  AttachedEndpoints,
  canonicalAddress,
  checkHost,
  fieldLines,
  HeaderFields,
  NOT_FOUND,
  type ReceivedRequest,
  type ServedEndpoint,
  serve,
} from '@wirebeat/core/adapter'
import { missingBesideRoutes } from './capabilities.ts'
import {
  TRANSPORT,
  type UwsApp,
  type UwsBehavior,
  type UwsRequest,
  type UwsResponse,
  type UwsSocket,
} from './engine.ts'
import { UwsExchange } from './exchange.ts'
import { refuse } from './refuse.ts'
import { UwsTransport } from './transport.ts'
import { turn } from './turn.ts'

/** The endpoints of each app. */
const endpointsOfApp = new WeakMap<UwsApp, AttachedEndpoints>()

/**
 * Binds an endpoint to an `App()` or `SSLApp()` of uWebSockets.js. An app can have several endpoints with
 * different paths. Routes for other paths are not affected. An endpoint without a path handles every
 * WebSocket request, and no plain request. An endpoint takes the place of a closed one with the same path. The
 * engine keeps a little memory for the former one, as long as there is the app.
 *
 * The engine keeps only the later of two routes with the same method and pattern. A route that the app adds
 * for the endpoint's path after this call therefore gets the plain requests. WebSocket requests still go to
 * the endpoint.
 *
 * @returns the app.
 * @throws Error when the app already has an endpoint with the same path that is not closed. OptionError for an
 * endpoint that reads the PROXY protocol. TypeError for anything else than an app and an endpoint; the message has
 * the line of code that is right.
 */
export function attach<App extends UwsApp>(app: App, endpoint: Endpoint): App {
  checkHost('uws', app)
  return bind(app, serve(endpoint, missingBesideRoutes))
}

/** Binds an endpoint to an app. */
export function bind<App extends UwsApp>(app: App, served: ServedEndpoint): App {
  const { path } = served.options
  const endpoints = endpointsOfApp.get(app) ?? new AttachedEndpoints('app')
  const former = endpoints.add(served)
  endpointsOfApp.set(app, endpoints)
  const secure = isSecure(app)
  // The engine's router reads parameters of a path as core does, and prefers the most exact route.
  for (const pattern of served.paths ?? ['/*']) app.ws(pattern, behavior(served, secure))
  const answer = (response: UwsResponse, request: UwsRequest): void => {
    if (!answerPlain(endpoints.at(path), secure, response, request)) request.setYield(true)
  }
  for (const pattern of served.paths ?? []) {
    // The routes of the former endpoint answer for this one. A route that the app has added since keeps its place.
    if (former?.paths?.includes(pattern) === true) continue
    // The engine calls this for requests that it does not treat as upgrades. Its rules are stricter in some
    // ways and laxer in others than the standard. The route for GET is needed so that a wildcard route of
    // the app does not come first.
    app.get(pattern, answer)
    app.any(pattern, answer)
  }
  return app
}

/** The endpoints of an app. */
export function endpointsOf(app: UwsApp): readonly ServedEndpoint[] {
  return endpointsOfApp.get(app)?.all ?? []
}

/** Answers the requests that no route handles. For an app that serves the endpoint with this path only. */
export function answerTheRest(app: UwsApp, path: string | undefined): void {
  const secure = isSecure(app)
  app.any('/*', (response, request) => {
    const endpoint = endpointsOfApp.get(app)?.at(path)
    const method = request.getCaseSensitiveMethod()
    if (!answerPlain(endpoint, secure, response, request)) refuse(response, method, NOT_FOUND)
  })
}

/** Whether an app uses TLS. It has no property for that, but its class name shows it. */
function isSecure(app: UwsApp): boolean {
  return app.constructor.name.includes('SSL')
}

function behavior(endpoint: ServedEndpoint, secure: boolean): UwsBehavior {
  const { maxMessageSize, compression } = endpoint.options
  return {
    // The engine ends the connection with a bare FIN when a message is over its limit. So its limit is twice
    // that of the endpoint: up to there core gets the message, and closes with 1009.
    maxPayloadLength: Math.max(2 * maxMessageSize, maxMessageSize + 65_536),
    // No limit in the engine, which would drop messages, pings and close frames. Core has the limit.
    maxBackpressure: 0,
    // Off, because core has the heartbeat.
    idleTimeout: 0,
    sendPingsAutomatically: false,
    compression: compression ? SHARED_COMPRESSOR | SHARED_DECOMPRESSOR : DISABLED,
    upgrade: (response, request, context) => upgrade(endpoint, secure, response, request, context),
    open: OPENED.push.bind(OPENED),
    message: (socket, data, isBinary) => {
      turn.entered(socket)
      socket[TRANSPORT]?.listener?.message(data, isBinary ? 'binary' : 'text')
    },
    ping: (socket) => socket[TRANSPORT]?.listener?.pinged(),
    pong: (socket) => socket[TRANSPORT]?.listener?.ponged(),
    drain: (socket) => socket[TRANSPORT]?.drained(),
    close: (socket, code, message) => {
      const transport = socket[TRANSPORT]
      if (transport === undefined) isClosedAtOnce = true
      else transport.closed(code, utf8.decode(message))
    },
  }
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

// Constants of the engine, which an app does not have.
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
  const handshake = receivedRequest(endpoint, secure, response, request)
  const isOurs = endpoint.upgrade(handshake, {
    refuse: (refusal) => refuse(response, handshake.method, refusal),
    accept: (admission) => complete(endpoint, response, handshake, admission, context),
    wait: (gone) => response.onAborted(gone),
    // Later, because the decision may be made within the callback of another request, and the engine ends
    // the process when a socket is upgraded while another is corked.
    later: setImmediate,
  })
  if (!isOurs) request.setYield(true)
}

/** The WebSocket that the engine has made. */
const OPENED: UwsSocket[] = []
/** Whether the engine has closed it before it was given a transport. */
let isClosedAtOnce = false
/** The engine would copy it to the socket, property by property. */
const NO_DATA = {}

/**
 * Upgrades, and makes the connection after that. At the end of the cork the engine reads its data about the
 * request in memory that it has already freed. If the memory was reused, it may close the WebSocket. So between
 * the two only the engine and built-in functions run: any other may be compiled when it is called or returns,
 * and the compiler takes memory. It does close that of a request that was decided about later and whose first
 * Connection field has five characters, which it takes for `close`.
 */
function complete(
  endpoint: ServedEndpoint,
  response: UwsResponse,
  { headers }: ReceivedRequest,
  admission: Admission,
  context: unknown,
): void {
  const { protocol, extension, headers: responseHeaders } = admission
  const transport = new UwsTransport(extension !== '', endpoint.options.maxBufferedAmount)
  const key = headers.get('sec-websocket-key') ?? ''
  const fields = fieldLines(responseHeaders)
  if (fields.length > 0) {
    response.cork(() => {
      // The engine writes another status before the first header.
      response.writeStatus('101 Switching Protocols')
      for (const [name, value] of fields) response.writeHeader(name, value)
    })
  }
  isClosedAtOnce = false
  response.cork(response.upgrade.bind(response, NO_DATA, key, protocol, extension, context))
  const socket = OPENED.pop()
  if (socket !== undefined && !isClosedAtOnce) transport.opened(socket)
  transport.admit(admission)
}

/** Answers a plain request. Returns `false` when the endpoint does not answer it. */
function answerPlain(
  endpoint: ServedEndpoint | undefined,
  secure: boolean,
  response: UwsResponse,
  request: UwsRequest,
): boolean {
  if (endpoint === undefined) return false
  const received = receivedRequest(endpoint, secure, response, request)
  const answer = endpoint.answer(received)
  if (typeof answer === 'function') answer(new UwsExchange(response, received.method))
  else if (answer !== undefined) refuse(response, received.method, answer)
  return answer !== undefined
}

/** Copies the request, because that of the engine is invalid after its callback. */
function receivedRequest(
  { options }: ServedEndpoint,
  secure: boolean,
  response: UwsResponse,
  request: UwsRequest,
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
    proxiedAddress: options.proxyProtocol
      ? utf8.decode(response.getProxiedRemoteAddressAsText())
      : '',
    clientCertificate: secure ? clientCertificate(response) : undefined,
  }
}

/**
 * The engine asks for a certificate only where the app has `ca_file_name`, and ends the connection of a client whose
 * certificate it cannot verify.
 */
function clientCertificate(response: UwsResponse): ClientCertificate | undefined {
  const pem = response.getX509Certificate?.() ?? ''
  return pem === '' ? undefined : new X509Certificate(pem)
}
