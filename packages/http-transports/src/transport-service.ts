import type { HandshakeRequest, Refusal } from '@wirebeat/core'
import {
  type Claim,
  type HttpCall,
  type HttpHost,
  type HttpService,
  isRefusal,
  type Place,
  transportRefusal,
} from '@wirebeat/core/extension'
import { crossOriginFields, preflightFields } from './cross-origin.ts'
import { NegotiatedConnection } from './negotiated.ts'
import { negotiationBody, type OfferedTransport, redirectBody, versionOf } from './negotiation.ts'
import type { ResolvedOptions } from './options.ts'
import { tokenOf } from './query.ts'
import { randomId } from './random-id.ts'
import { WaitingCount } from './waiting.ts'

const NEGOTIATE = '/negotiate'
const PLAIN = { 'Content-Type': 'text/plain' } as const

const OFFERED: readonly OfferedTransport[] = [
  { transport: 'WebSockets', transferFormats: ['Text', 'Binary'] },
]

// The texts of ASP.NET Core, which clients may look at.
const UNKNOWN = 'No Connection with that ID'
const NO_ID = 'Connection ID required'
const NOT_BY_POST = 'POST requests are not allowed for WebSocket connections.'
const NOT_BY_DELETE = 'Cannot terminate this connection using the DELETE endpoint.'
const notOffered = (transport: OfferedTransport['transport']): string =>
  `${transport} transport not supported by this end point type`

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
    else if (call.subpath !== NEGOTIATE) this.#answerTransport(call)
    else if (call.request.method !== 'POST') refuse(call, 405, '', { Allow: 'POST' })
    else return this.#negotiate(call)
  }

  claim({ url }: HandshakeRequest): Claim | Refusal | undefined {
    const token = tokenOf(url)
    // The client has not negotiated.
    if (token === '') return undefined
    const connection = this.#connections.get(token)
    if (connection === undefined) return transportRefusal(404, UNKNOWN, PLAIN)
    if (connection.openedBy !== undefined) return transportRefusal(409, '', PLAIN)
    return connection.claim('web-sockets')
  }

  close(): void {
    this.#isClosed = true
    for (const connection of [...this.#connections.values()]) {
      if (connection.openedBy === undefined) connection.end()
    }
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
      const version = versionOf(call.request.url)
      const redirect = await this.#options.redirect?.(call.request)
      let body: string
      if (typeof version === 'object') body = JSON.stringify(version)
      else if (redirect !== undefined) body = redirectBody(redirect)
      else {
        isWaiting = true
        body = this.#make(version, place, waitEnded)
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
  #make(version: number, place: Place, waitEnded: () => void): string {
    const { serverName, openTimeout } = this.#options
    const token = serverName === undefined ? randomId() : `${serverName}.${randomId()}`
    // A client of version 0 knows one id only, which is the token then.
    const id = version === 0 ? token : randomId()
    const connection = new NegotiatedConnection(place, id, {
      waitEnded() {
        cancelTimeout()
        waitEnded()
      },
      ended: () => this.#connections.delete(token),
    })
    const cancelTimeout = this.#host.clock.schedule(() => connection.expire(), openTimeout)
    this.#connections.set(token, connection)
    if (this.#isClosed) connection.end()
    return negotiationBody(version, id, token, OFFERED)
  }

  #answerTransport(call: HttpCall): void {
    const { method, url, headers } = call.request
    if (method !== 'GET' && method !== 'POST' && method !== 'DELETE') {
      refuse(call, 405, '', { Allow: 'GET, POST, DELETE' })
      return
    }
    const token = tokenOf(url)
    const connection = this.#connections.get(token)
    if (token === '') refuse(call, 400, NO_ID)
    else if (connection === undefined) refuse(call, 404, UNKNOWN)
    else if (method === 'DELETE') refuse(call, 400, NOT_BY_DELETE)
    else if (method === 'POST' && connection.openedBy === 'web-sockets') {
      refuse(call, 405, NOT_BY_POST)
    } else {
      const isForEvents = headers.get('accept')?.includes('text/event-stream') === true
      refuse(call, 404, notOffered(isForEvents ? 'ServerSentEvents' : 'LongPolling'))
    }
  }
}

function refuse(
  call: HttpCall,
  status: number,
  body: string,
  fields: Readonly<Record<string, string>> = PLAIN,
): void {
  call.refuse(status, body, { ...PLAIN, ...fields, ...crossOriginFields(call.request) })
}
