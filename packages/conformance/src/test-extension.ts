import type { HandshakeRequest, Refusal } from '@wirebeat/core'
import type {
  Claim,
  HttpCall,
  HttpExtension,
  HttpService,
  Place,
  Transport,
  TransportListener,
} from '@wirebeat/core/extension'
import { isRefusal, transportRefusal } from '@wirebeat/core/extension'
import { Inbox } from './inbox.ts'

/** What a case does with a plain request. */
export type Answer = (call: HttpCall) => void | Promise<void>

/**
 * An extension that hands each plain request to the case, lets a WebSocket take a place that a request holds, and carries
 * others itself, as those of connections that live.
 */
export class TestExtension implements HttpExtension, HttpService {
  readonly subpaths: readonly string[] = ['', '/negotiate']
  /** Every call, when its request has come. */
  readonly calls: Inbox<HttpCall> = new Inbox('a plain request')
  /** What became of the claims: `opened`, `refused`, `ended`. */
  readonly claims: Inbox<string> = new Inbox('news of a claim')
  readonly #answer: Answer
  #place: Place | undefined

  constructor(answer: Answer) {
    this.#answer = answer
  }

  serve(): HttpService {
    return this
  }

  handle(call: HttpCall): void | Promise<void> {
    this.calls.push(call)
    return this.#answer(call)
  }

  /** Has a request admitted, and answers with 200, or as core refuses it. */
  readonly hold = async (call: HttpCall): Promise<void> => {
    const place = await call.admit()
    if (place === 'gone') return
    if (isRefusal(place)) {
      call.respond(place.status, place.headers, place.body)
      return
    }
    this.#place = place
    call.respond(200, place.headers)
  }

  /** Gives back the place that `hold` holds. */
  release(): void {
    this.#place?.release()
  }

  claim({ url }: HandshakeRequest): Claim | Refusal | undefined {
    const id = /[?&]id=([^&]*)/.exec(url)?.[1]
    if (id === undefined) return undefined
    if (id === 'living') return this.#claimOfLiving()
    const place = this.#place
    if (id !== 'secret' || place === undefined) return transportRefusal(404, 'There is none.')
    const { claims } = this
    return {
      place,
      id: 'public',
      opened: () => claims.push('opened'),
      refused: () => claims.push('refused'),
      ended: () => claims.push('ended'),
    }
  }

  close(): void {
    this.release()
  }

  #claimOfLiving(): Claim {
    const { claims } = this
    return {
      place: undefined,
      id: 'living',
      carry: (wire) => echoBy(wire, claims),
      opened: () => claims.push('opened'),
      refused: () => claims.push('refused'),
      ended: () => claims.push('ended'),
    }
  }
}

/** Sends back by a WebSocket what comes by it. */
function echoBy(wire: Transport, told: Inbox<string>): TransportListener {
  return {
    opened: () => told.push('carried'),
    message: (data, type) => void wire.send(data, type),
    pinged() {},
    ponged() {},
    alive() {},
    drained() {},
    closing() {},
    ignored() {},
    closed: (cause) => told.push(`closed as ${cause}`),
  }
}
