import type { HandshakeRequest, Refusal } from '@wirebeat/core'
import {
  type Claim,
  type HttpCall,
  type HttpHost,
  type HttpService,
  isRefusal,
  type Place,
  type TransportKind,
  transportRefusal,
} from '@wirebeat/core/extension'
import type { ClientRequest } from './client-request.ts'
import { crossOriginFields, preflightFields } from './cross-origin.ts'
import { EventBatch } from './event-batch.ts'
import type { ForwardedRequest } from './forwarded-request.ts'
import { Forwarding } from './forwarding.ts'
import { LongPolling } from './long-polling.ts'
import { NegotiatedConnection } from './negotiated.ts'
import {
  asksToReconnect,
  negotiationBody,
  type OfferedTransport,
  redirectBody,
  versionOf,
} from './negotiation.ts'
import type { ResolvedOptions } from './options.ts'
import { tokenOf } from './query.ts'
import { randomId } from './random-id.ts'
import { askRedirect } from './redirecting.ts'
import { ELSEWHERE, isForEvents, NOT_BY_POST, PLAIN, refuse, UNKNOWN } from './refuse.ts'
import { EVENTS_HEAD, ServerSentEvents } from './server-sent-events.ts'
import { makeToken, partsOf } from './token.ts'
import { WaitingCount } from './waiting.ts'

const NEGOTIATE = '/negotiate'

/** A transport by the names of core and of the protocol. */
const OFFERS: Readonly<Record<TransportKind, OfferedTransport>> = {
  'web-sockets': { transport: 'WebSockets', transferFormats: ['Text', 'Binary'] },
  'server-sent-events': { transport: 'ServerSentEvents', transferFormats: ['Text'] },
  'long-polling': { transport: 'LongPolling', transferFormats: ['Text', 'Binary'] },
}

// The texts of ASP.NET Core, which clients may look at.
const NO_ID = 'Connection ID required'
const NOT_BY_DELETE = 'Cannot terminate this connection using the DELETE endpoint.'
const OTHER_TRANSPORT = 'Cannot change transports mid-connection'
const notOffered = (kind: TransportKind): string =>
  `${OFFERS[kind].transport} transport not supported by this end point type`

const REDIRECT_TOO_SLOW = 'The server took too long to decide where to negotiate. Try again later.'

const TOO_MANY =
  'This address has negotiated too many connections that it has not opened. Open one, or try again later.'

/** Negotiation and transports of one endpoint. */
export class TransportService implements HttpService {
  readonly subpaths: readonly string[] = ['', NEGOTIATE]
  readonly #host: HttpHost
  readonly #options: ResolvedOptions
  readonly #waiting: WaitingCount
  readonly #events: EventBatch
  /** Where there are other servers. */
  readonly #forwarding: Forwarding | undefined
  /** By token. */
  readonly #connections = new Map<string, NegotiatedConnection>()
  #isClosed = false

  constructor(host: HttpHost, options: ResolvedOptions) {
    this.#host = host
    this.#options = options
    this.#waiting = new WaitingCount(options.maxNegotiatedPerAddress)
    this.#events = new EventBatch(host.clock)
    const { servers } = options
    if (servers !== undefined && servers.server !== '') {
      this.#forwarding = new Forwarding(host, servers, (request) => this.#takeForwarded(request))
    }
  }

  handle(call: HttpCall): void | Promise<void> {
    const preflight = preflightFields(call.request)
    if (preflight !== undefined) call.respond(204, preflight)
    else if (call.subpath !== NEGOTIATE) return this.#answerTransport(call)
    else if (call.request.method !== 'POST') refuse(call, 405, '', { Allow: 'POST' })
    else return this.#negotiate(call)
    return undefined
  }

  claim({ url }: HandshakeRequest): Claim | Refusal | undefined {
    const token = tokenOf(url)
    const connection = this.#find(token)
    if (token !== '' && connection === undefined) {
      return transportRefusal(404, this.#whyUnknown(token), PLAIN)
    }
    const reconnecting = connection?.reconnecting
    if (reconnecting?.isReconnectable) return connection?.claimAgain(reconnecting)
    const problem = this.#problem('web-sockets', connection?.openedBy)
    if (problem !== undefined) return transportRefusal(...problem, PLAIN)
    // A client that has not negotiated has a connection of its own.
    return connection?.claim('web-sockets')
  }

  close(): void {
    this.#isClosed = true
    for (const connection of [...this.#connections.values()]) {
      if (connection.openedBy === undefined) connection.end()
    }
    this.#stopIfOver()
  }

  /** Clients of connections that are left may still send by other servers. */
  #stopIfOver(): void {
    if (this.#isClosed && this.#connections.size === 0) this.#forwarding?.stop()
  }

  /** The connection of a token. `undefined` for one that nobody knows, and for one that will have no other WebSocket. */
  #find(token: string): NegotiatedConnection | undefined {
    const connection = this.#connections.get(token)
    return connection?.reconnecting?.isEnding === true ? undefined : connection
  }

  async #negotiate(call: HttpCall): Promise<void> {
    const waitEnded = this.#waiting.enter(call.request.remoteAddress)
    if (waitEnded === undefined) {
      refuse(call, 429, TOO_MANY)
      return
    }
    let isWaiting = false
    const place = await call.admit()
    try {
      if (place === 'gone') return
      const fields = { ...place.headers, ...crossOriginFields(call.request) }
      if (isRefusal(place)) {
        call.respond(place.status, fields, place.body)
        return
      }
      const version = versionOf(call.request.url, this.#options.minNegotiateVersion)
      const redirect = await askRedirect(this.#options.redirect, call, this.#host)
      if (redirect === 'gone') return
      if (redirect === 'too-slow') {
        refuse(call, 503, REDIRECT_TOO_SLOW)
        return
      }
      let body: string
      if (typeof version === 'object') body = JSON.stringify(version)
      else if (redirect !== undefined) body = redirectBody(redirect)
      else {
        isWaiting = true
        body = this.#make(version, place, waitEnded, asksToReconnect(call.request.url))
      }
      call.respond(200, { ...fields, 'Content-Type': 'application/json' }, body)
    } finally {
      if (!isWaiting) {
        waitEnded()
        if (place !== 'gone' && !isRefusal(place)) place.release()
      }
    }
  }

  /** Makes a connection that waits to be opened, and returns the answer that says how. */
  #make(version: number, place: Place, waitEnded: () => void, reconnects: boolean): string {
    const { serverName, servers, openTimeout, transports, statefulReconnect } = this.#options
    const mayReconnect = reconnects && statefulReconnect && transports.includes('web-sockets')
    const token = makeToken(serverName, servers?.server)
    // A client of version 0 knows one id only, which is the token then.
    const id = version === 0 ? token : randomId()
    const owner = {
      waitEnded() {
        cancelTimeout()
        waitEnded()
      },
      ended: () => {
        this.#connections.delete(token)
        this.#stopIfOver()
      },
    }
    const reconnectTimeout = mayReconnect ? this.#options.reconnectTimeout : undefined
    const connection = new NegotiatedConnection(place, id, this.#host, owner, reconnectTimeout)
    const cancelTimeout = this.#host.clock.schedule(() => connection.expire(), openTimeout)
    this.#connections.set(token, connection)
    if (this.#isClosed) connection.end()
    const offered = transports.map((kind) => OFFERS[kind])
    return negotiationBody(version, id, token, offered, mayReconnect)
  }

  #answerTransport(call: HttpCall): void | Promise<void> {
    const { method, url } = call.request
    if (method !== 'GET' && method !== 'POST' && method !== 'DELETE') {
      refuse(call, 405, '', { Allow: 'GET, POST, DELETE' })
      return undefined
    }
    const token = tokenOf(url)
    const connection = this.#find(token)
    if (token === '') refuse(call, 400, NO_ID)
    else if (connection === undefined) return this.#forward(call, token)
    else if (method === 'POST') return this.#receive(call, connection)
    else if (method === 'DELETE') this.#leave(call, connection)
    else return this.#get(call, connection)
    return undefined
  }

  /** The connection is not here. A stream and a poll go on for too long to be forwarded. */
  #forward(call: HttpCall, token: string): Promise<void> | undefined {
    if (this.#forwarding !== undefined && call.request.method !== 'GET') {
      return this.#forwarding.forward(call, token)
    }
    refuse(call, 404, this.#whyUnknown(token))
    return undefined
  }

  #whyUnknown(token: string): string {
    const { serverName } = this.#options
    const named = partsOf(token)?.serverName
    const isOfAnother = serverName !== undefined && named !== undefined && named !== serverName
    return isOfAnother ? ELSEWHERE : UNKNOWN
  }

  /** What another server has forwarded is not forwarded again. */
  #takeForwarded(request: ForwardedRequest): Promise<void> | undefined {
    const { path, token, method } = request.head
    const connection = path === this.#host.path ? this.#find(token) : undefined
    if (connection === undefined) return undefined
    if (method === 'POST') return Promise.resolve(this.#receive(request, connection))
    return Promise.resolve(this.#leave(request, connection))
  }

  #receive(call: ClientRequest, connection: NegotiatedConnection): void | Promise<void> {
    if (connection.openedBy !== 'web-sockets') return connection.inbound.take(call)
    refuse(call, 405, NOT_BY_POST)
  }

  #leave(call: ClientRequest, { longPolling }: NegotiatedConnection): void {
    if (longPolling === undefined) {
      refuse(call, 400, NOT_BY_DELETE)
      return
    }
    call.respond(202, { ...PLAIN, ...crossOriginFields(call.request) })
    longPolling.leave()
  }

  #get(call: HttpCall, connection: NegotiatedConnection): void | Promise<void> {
    const kind = isForEvents(call) ? 'server-sent-events' : 'long-polling'
    const { longPolling, openedBy } = connection
    if (kind === 'long-polling' && longPolling !== undefined) {
      longPolling.poll(call)
      return undefined
    }
    const problem = this.#problem(kind, openedBy)
    if (problem === undefined) return this.#open(call, connection, kind)
    refuse(call, ...problem)
    return undefined
  }

  /** Why a request of this kind cannot open a connection that another may have opened. */
  #problem(
    kind: TransportKind,
    openedBy: TransportKind | undefined,
  ): [status: number, body: string] | undefined {
    if (!this.#options.transports.includes(kind)) return [404, notOffered(kind)]
    if (openedBy === undefined) return undefined
    return openedBy === kind ? [409, ''] : [400, OTHER_TRANSPORT]
  }

  async #open(
    call: HttpCall,
    connection: NegotiatedConnection,
    kind: 'server-sent-events' | 'long-polling',
  ): Promise<void> {
    const place = await call.admit(connection.claim(kind))
    if (place === 'gone') return
    const fields = { ...place.headers, ...crossOriginFields(call.request) }
    if (isRefusal(place)) call.respond(place.status, fields, place.body)
    else if (kind === 'long-polling') this.#openPolling(call, connection, place)
    else this.#openEvents(call, connection, place)
  }

  #openPolling(call: HttpCall, connection: NegotiatedConnection, place: Place): void {
    const transport = new LongPolling(this.#host, this.#options, connection.inbound)
    const listener = place.open(transport)
    if (listener === undefined) return
    connection.longPolling = transport
    transport.open(listener, call, place.headers)
  }

  #openEvents(call: HttpCall, connection: NegotiatedConnection, place: Place): void {
    const fields = { ...EVENTS_HEAD, ...place.headers, ...crossOriginFields(call.request) }
    const stream = call.stream(200, fields, () => transport.drained())
    if (stream === undefined) {
      place.release()
      return
    }
    const transport = new ServerSentEvents(
      stream,
      connection.inbound,
      this.#events,
      this.#host.options,
    )
    const listener = place.open(transport)
    if (listener === undefined) {
      stream.terminate()
      return
    }
    call.onGone(() => transport.gone())
    transport.open(listener, this.#options.streamPadding)
  }
}
