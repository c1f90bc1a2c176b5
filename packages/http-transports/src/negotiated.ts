import type { Claim, HttpHost, Place, TransportKind } from '@wirebeat/core/extension'
import { Inbound } from './inbound.ts'
import type { LongPolling } from './long-polling.ts'

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
  #inbound: Inbound | undefined
  #isLate = false
  /** The transport that is opening it, or has. */
  openedBy: TransportKind | undefined
  /** What answers its polls, once it is open. */
  longPolling: LongPolling | undefined

  /** @param id the public one */
  constructor(place: Place, id: string, host: HttpHost, owner: NegotiatedOwner) {
    this.#place = place
    this.#id = id
    this.#host = host
    this.#owner = owner
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
      opened: () => this.#owner.waitEnded(),
      refused: () => {
        this.openedBy = undefined
        if (this.#isLate) this.end()
      },
      ended: () => this.end(),
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
}
