import type { HandshakeRequest } from '../address/request.ts'
import { type Refusal, statusText, transportRefusal } from '../handshake/refusal.ts'
import type { ResponseHeaders } from '../handshake/response-headers.ts'
import type { Bytes } from '../runtime/bytes.ts'
import type { Clock } from '../runtime/clock.ts'
import { type Body, BodyCollector, type BodyLimit } from './body.ts'
import type { Claim } from './claim.ts'
import type { HttpExchange, HttpHead, HttpStream } from './exchange.ts'
import type { HttpCall, Place } from './extension.ts'

/** What a call needs of its endpoint. */
export interface PlainCallOwner {
  readonly clock: Clock
  admit(call: PlainCall, claim: Claim | undefined): Promise<Place | Refusal | 'gone'>
  refused(refusal: Refusal, request: HandshakeRequest): void
}

const NOBODY: readonly (() => void)[] = []

/** A plain request between its adapter and the extension of its endpoint. */
export class PlainCall implements HttpCall {
  readonly request: HandshakeRequest
  readonly subpath: string
  readonly #exchange: HttpExchange
  readonly #owner: PlainCallOwner
  #goneListeners = NOBODY
  #isGone = false
  #isAnswered = false

  constructor(
    exchange: HttpExchange,
    request: HandshakeRequest,
    subpath: string,
    owner: PlainCallOwner,
  ) {
    this.request = request
    this.subpath = subpath
    this.#exchange = exchange
    this.#owner = owner
    exchange.onGone(() => {
      this.#isGone = true
      const listeners = this.#goneListeners
      this.#goneListeners = NOBODY
      for (const listener of listeners) listener()
    })
  }

  get isAnswered(): boolean {
    return this.#isAnswered
  }

  body(limit: BodyLimit): Promise<Body> {
    if (this.#isGone) return Promise.resolve('gone')
    // Refused before it is read, so that a client that waits for 100 does not send it.
    if (Number(this.request.headers.get('content-length')) > limit.bytes) {
      return Promise.resolve('too-large')
    }
    return new Promise((resolve) => {
      const collector = new BodyCollector(limit, this.#owner.clock, resolve)
      this.onGone(() => collector.fail('gone'))
      this.#exchange.read(collector)
    })
  }

  admit(claim?: Claim): Promise<Place | Refusal | 'gone'> {
    return this.#owner.admit(this, claim)
  }

  respond(
    status: number,
    headers: ResponseHeaders,
    body: string | Bytes = '',
    taken?: () => void,
  ): void {
    if (this.#takeAnswer()) this.#exchange.respond(headOf(status, headers), body, taken)
  }

  terminate(): void {
    if (!this.#isGone) this.#exchange.terminate()
  }

  refuse(status: number, body: string, headers?: ResponseHeaders): void {
    if (!this.#takeAnswer()) return
    const refusal = transportRefusal(status, body, headers)
    this.#owner.refused(refusal, this.request)
    this.#exchange.respond(refusal, refusal.body)
  }

  stream(status: number, headers: ResponseHeaders, drained: () => void): HttpStream | undefined {
    return this.#takeAnswer() ? this.#exchange.stream(headOf(status, headers), drained) : undefined
  }

  onGone(listener: () => void): void {
    if (this.#isGone) listener()
    else this.#goneListeners = [...this.#goneListeners, listener]
  }

  #takeAnswer(): boolean {
    if (this.#isGone || this.#isAnswered) return false
    this.#isAnswered = true
    return true
  }
}

function headOf(status: number, headers: ResponseHeaders): HttpHead {
  return { status, statusText: statusText(status), headers }
}
