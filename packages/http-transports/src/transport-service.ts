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
import { crossOriginFields, preflightFields } from './cross-origin.ts'
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
import { isForEvents, PLAIN, refuse, UNKNOWN } from './refuse.ts'
import { EVENTS_HEAD, ServerSentEvents } from './server-sent-events.ts'
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
const NOT_BY_POST = 'POST requests are not allowed for WebSocket connections.'
const NOT_BY_DELETE = 'Cannot terminate this connection using the DELETE endpoint.'
const OTHER_TRANSPORT = 'Cannot change transports mid-connection'
const notOffered = (kind: TransportKind): string =>
  `${OFFERS[kind].transport} transport not supported by this end point type`

const TOO_MANY =
  'This address has negotiated too many connections that it has not opened. Open one, or try again later.'

/** Negotiation and transports of one endpoint. */
export class TransportService implements HttpService {
  readonly subpaths: readonly string[] = ['', NEGOTIATE]
  readonly #host: HttpHost
  readonly #options: ResolvedOptions
  readonly #waiting: WaitingCount
  /** By token. */
  readonly #connections = new Map<string, NegotiatedConnection>()
  #isClosed = false

  constructor(host: HttpHost, options: ResolvedOptions) {
    this.#host = host
    this.#options = options
    this.#waiting = new WaitingCount(options.maxNegotiatedPerAddress)
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
    if (token !== '' && connection === undefined) return transportRefusal(404, UNKNOWN, PLAIN)
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
      const redirect = await this.#options.redirect?.(call.request)
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
    const { serverName, openTimeout, transports, statefulReconnect } = this.#options
    const mayReconnect = reconnects && statefulReconnect && transports.includes('web-sockets')
    const token = serverName === undefined ? randomId() : `${serverName}.${randomId()}`
    // A client of version 0 knows one id only, which is the token then.
    const id = version === 0 ? token : randomId()
    const owner = {
      waitEnded() {
        cancelTimeout()
        waitEnded()
      },
      ended: () => this.#connections.delete(token),
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
    else if (connection === undefined) refuse(call, 404, UNKNOWN)
    else if (method === 'POST') return this.#receive(call, connection)
    else if (method === 'DELETE') this.#leave(call, connection)
    else return this.#get(call, connection)
    return undefined
  }

  #receive(call: HttpCall, connection: NegotiatedConnection): void | Promise<void> {
    if (connection.openedBy !== 'web-sockets') return connection.inbound.take(call)
    refuse(call, 405, NOT_BY_POST)
  }

  #leave(call: HttpCall, { longPolling }: NegotiatedConnection): void {
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
    const transport = new ServerSentEvents(stream, connection.inbound)
    const listener = place.open(transport)
    if (listener === undefined) {
      stream.terminate()
      return
    }
    call.onGone(() => transport.gone())
    transport.open(listener)
  }
}
