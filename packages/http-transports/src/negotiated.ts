import {
  type Claim,
  type HttpHost,
  type Place,
  type ReconnectingListener,
  setReconnectable,
  type Transport,
  type TransportKind,
  type TransportListener,
} from '@wirebeat/core/extension'
import { EarlyFirst } from './early-first.ts'
import { Inbound } from './inbound.ts'
import type { LongPolling } from './long-polling.ts'
import { ReconnectingTransport } from './reconnecting-transport.ts'

/** Makes a connection of a transport. */
type Open = (transport: Transport) => ReconnectingListener

/** What happens to a negotiated connection beside its own doing. */
export interface NegotiatedOwner {
  /** It is open, or will never be. Called at least once. */
  waitEnded(): void
  /** Its token opens nothing any more. Called at least once. */
  ended(): void
}

/** A connection that was negotiated, until it has ended. */
export class NegotiatedConnection {
  readonly #place: Place
  readonly #id: string
  readonly #host: HttpHost
  readonly #owner: NegotiatedOwner
  readonly #reconnectTimeout: number | undefined
  #inbound: Inbound | undefined
  #isLate = false
  /** The transport that is opening it, or has. */
  openedBy: TransportKind | undefined
  /** What answers its polls, once it is open. */
  longPolling: LongPolling | undefined
  /** What carries it, where stateful reconnect was agreed on, once it is open. */
  reconnecting: ReconnectingTransport | undefined

  /**
   * @param id the public one
   * @param reconnectTimeout how long its client may be without a WebSocket, in milliseconds. `undefined` where stateful
   * reconnect was not agreed on.
   */
  constructor(
    place: Place,
    id: string,
    host: HttpHost,
    owner: NegotiatedOwner,
    reconnectTimeout: number | undefined,
  ) {
    this.#place = place
    this.#id = id
    this.#host = host
    this.#owner = owner
    this.#reconnectTimeout = reconnectTimeout
  }

  /** What the client sends by POST. */
  get inbound(): Inbound {
    this.#inbound ??= new Inbound(this.#host)
    return this.#inbound
  }

  /** Has a request open it, which no other can meanwhile. */
  claim(by: TransportKind): Claim {
    this.openedBy = by
    return {
      place: this.#place,
      id: this.#id,
      ...(by === 'web-sockets' && { carry: (wire, open) => this.#carry(wire, open) }),
      opened: (connection) => {
        this.#owner.waitEnded()
        if (this.reconnecting !== undefined) setReconnectable(connection, this.reconnecting)
      },
      refused: () => {
        this.openedBy = undefined
        if (this.#isLate) this.end()
      },
      ended: () => this.end(),
    }
  }

  /** Has a WebSocket take the place of the one that the connection came by. */
  claimAgain(reconnecting: ReconnectingTransport): Claim {
    return {
      place: undefined,
      id: this.#id,
      carry: (wire) => reconnecting.take(wire),
      opened() {},
      refused() {},
      ended() {},
    }
  }

  /** The time to open it has passed. A request that is opening it now is waited for. */
  expire(): void {
    this.#isLate = true
    if (this.openedBy === undefined) this.end()
  }

  /** Gives its place back, unless a connection has that. */
  end(): void {
    this.#owner.waitEnded()
    this.#place.release()
    this.#inbound?.end()
    this.#owner.ended()
  }

  #carry(wire: Transport, open: Open): TransportListener {
    const listener = this.#open(wire, open)
    const early = this.#inbound?.handOver() ?? []
    return early.length === 0 ? listener : new EarlyFirst(listener, early)
  }

  #open(wire: Transport, open: Open): TransportListener {
    if (this.#reconnectTimeout === undefined) return open(wire)
    this.reconnecting = new ReconnectingTransport(this.#host, this.#reconnectTimeout, wire)
    return this.reconnecting.open(open)
  }
}
