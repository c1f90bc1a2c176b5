import type { Claim, Place } from '@wirebeat/core/extension'

/** By what a connection is opened. */
export type OpenedBy = 'web-sockets'

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
  readonly #owner: NegotiatedOwner
  /** The transport that is opening it, or has. */
  openedBy: OpenedBy | undefined
  #isLate = false

  /** @param id the public one */
  constructor(place: Place, id: string, owner: NegotiatedOwner) {
    this.#place = place
    this.#id = id
    this.#owner = owner
  }

  /** Has a request open it, which no other can meanwhile. */
  claim(by: OpenedBy): Claim {
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
    this.#owner.ended()
  }
}
