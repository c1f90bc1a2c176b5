import type { Endpoint } from '@wirebeat/core'
import {
  type Admission,
  AttachedEndpoints,
  asksForWebSocket,
  canonicalAddress,
  checkHost,
  fieldLines,
  NOT_FOUND,
  receivedFromWeb,
  type ServedEndpoint,
  serve,
  upgradeFromWeb,
  type WebRequest,
  type WebResponse,
  webResponse,
} from '@wirebeat/core/adapter'
import { missing } from './capabilities.ts'
import {
  type BunAnswer,
  type BunHandlers,
  type BunOptions,
  type BunServer,
  type BunWebSocketHandlers,
  loadEngine,
} from './engine.ts'
import { BunTransport, turn } from './transport.ts'

/** The endpoints of each options object. */
const hosts = new WeakMap<object, EndpointHost>()

/**
 * Binds an endpoint to options of `Bun.serve`: it gives them `fetch` and `websocket`. What their own `fetch` and
 * `routes` handle is not affected, but for the endpoint's path, which is the endpoint's. Options can have
 * several endpoints with different paths. Call it before `Bun.serve`.
 *
 * @returns the options.
 * @throws Error when the options already have an endpoint with the same path or a `websocket` of their own, and
 * where the runtime is not Bun. OptionError for an option of the endpoint that Bun cannot honour. TypeError for
 * anything else than options and an endpoint; the message has the line of code that is right.
 */
export function attach<Options extends BunOptions>(
  options: Options,
  endpoint: Endpoint,
): Options & BunHandlers {
  loadEngine()
  checkHost('bun', options)
  const served = serve(endpoint, missing)
  let host = hosts.get(options)
  if (host === undefined) {
    if (options.websocket !== undefined) throw new Error(OTHER_WEBSOCKETS)
    host = new EndpointHost()
    hosts.set(options, host)
  }
  host.add(served)
  return host.into(options)
}

const OTHER_WEBSOCKETS =
  'The options of Bun.serve already have a websocket, and a server has one for all its WebSockets. ' +
  'Remove it, or serve the endpoint on another port.'

/** The endpoints that options of `Bun.serve` carry. */
export function endpointsOf(options: BunOptions): readonly ServedEndpoint[] {
  return hosts.get(options)?.endpoints ?? []
}

type AppFetch = (this: BunServer, request: WebRequest, server: BunServer) => BunAnswer

/** Handles the requests of one server before its own `fetch` does. */
class EndpointHost implements BunHandlers {
  readonly #attached = new AttachedEndpoints('server')
  readonly websocket: BunWebSocketHandlers = {
    maxPayloadLength: 0,
    perMessageDeflate: false,
    // No limit in the engine, which would drop messages and pings. Core has the limit.
    backpressureLimit: 0,
    // Off, because core has the heartbeat.
    idleTimeout: 0,
    sendPings: false,
    open: (socket) => socket.data.opened(socket),
    message: (socket, data) => {
      turn.entered(socket)
      socket.data.listener?.message(data, typeof data === 'string' ? 'text' : 'binary')
    },
    ping: (socket) => socket.data.listener?.pinged(),
    pong: (socket) => socket.data.listener?.ponged(),
    drain: (socket) => socket.data.drained(),
    close: (socket, code, reason) => socket.data.closed(code, reason),
  }
  #app: AppFetch | undefined
  #hasRoutes = false

  get endpoints(): readonly ServedEndpoint[] {
    return this.#attached.all
  }

  add(endpoint: ServedEndpoint): void {
    const { maxMessageSize, compression } = endpoint.options
    this.#attached.add(endpoint)
    // Core refuses a smaller message than this for an endpoint with a lower limit.
    this.websocket.maxPayloadLength = Math.max(this.websocket.maxPayloadLength, maxMessageSize)
    this.websocket.perMessageDeflate ||= compression
  }

  /** Puts the handlers in, in front of those that are there. */
  into<Options extends BunOptions>(options: Options): Options & BunHandlers {
    const { fetch, routes } = options
    if (typeof fetch === 'function' && fetch !== this.fetch) this.#app = fetch as AppFetch
    if (typeof routes === 'object' && routes !== null) {
      this.#hasRoutes = true
      const own = this.endpoints.flatMap(({ paths = [] }) => paths)
      // Routes come before fetch, and one with a pattern would take the path.
      Object.assign(options, {
        routes: { ...routes, ...Object.fromEntries(own.map((path) => [path, this.fetch])) },
      })
    }
    return Object.assign(options, { fetch: this.fetch, websocket: this.websocket })
  }

  readonly fetch = (request: WebRequest, server: BunServer): BunAnswer => {
    for (const endpoint of this.endpoints) {
      if (!this.#isFor(endpoint, request)) continue
      const answer = upgradeFromWeb(
        endpoint,
        request,
        () => canonicalAddress(server.requestIP(request)?.address ?? ''),
        (admission) => complete(endpoint, admission, request, server),
      )
      if (answer === false) continue
      // Core's handshakeTimeout says how long this may take.
      if (answer instanceof Promise) server.timeout(request, 0)
      return answer
    }
    return this.#app === undefined
      ? webResponse(NOT_FOUND)
      : this.#app.call(server, request, server)
  }

  /** An endpoint that takes every path leaves a server its pages. */
  #isFor({ options }: ServedEndpoint, request: WebRequest): boolean {
    if (options.path !== undefined || (this.#app === undefined && !this.#hasRoutes)) return true
    return asksForWebSocket(receivedFromWeb(request, () => ''))
  }
}

function complete(
  endpoint: ServedEndpoint,
  admission: Admission,
  request: WebRequest,
  server: BunServer,
): WebResponse | undefined {
  const { protocol, extension } = admission
  const { headers } = request
  // The engine chooses by what the request offers, so it is offered what core has chosen.
  headers.delete('sec-websocket-protocol')
  headers.delete('sec-websocket-extensions')
  if (extension !== '') headers.set('sec-websocket-extensions', extension)
  const { maxBufferedAmount } = endpoint.options
  // On a Unix socket there is neither a port nor an address.
  const transport = new BunTransport(extension !== '', maxBufferedAmount, server.port !== undefined)
  const fields = fieldLines(admission.headers)
  if (protocol !== '') fields.push(['Sec-WebSocket-Protocol', protocol])
  if (server.upgrade(request, { data: transport, headers: fields })) {
    transport.admit(admission)
    return undefined
  }
  admission.abandon()
  // The client has gone away.
  return webResponse(NOT_FOUND)
}
