import type { HandshakeRequest, ReceivedRequest } from '../address/request.ts'
import type { Transport, TransportListener } from '../connection/transport.ts'
import type {
  AdmissionControl,
  AdmissionListener,
  Admitted,
  SettledHandshake,
} from '../handshake/admission-control.ts'
import { asksForWebSocket } from '../handshake/handshake.ts'
import { Refusal } from '../handshake/refusal.ts'
import type { ResponseHeaders } from '../handshake/response-headers.ts'
import type { Claim } from '../http/claim.ts'
import type { HttpExchange } from '../http/exchange.ts'
import type { HttpExtension, HttpService, Place } from '../http/extension.ts'
import { PlainCall, type PlainCallOwner } from '../http/plain-call.ts'
import { compileSubpaths, pathsWith, type SubpathMatch } from '../http/subpaths.ts'
import type { Clock } from '../runtime/clock.ts'
import { watchRejection } from '../runtime/thenable.ts'
import type { ResolvedOptions } from './options.ts'

/** Makes a connection of an admitted request. */
export type Connect<Context> = (
  admitted: Admitted<Context>,
  transport: Transport,
) => TransportListener

/** Carries out the answer to one plain request. */
export type PlainAnswer = (exchange: HttpExchange) => void

const FAILED = 'The server failed while it answered the request.'

/** Hands plain requests on an endpoint's paths to its extension. */
export class PlainRequests<Context> implements PlainCallOwner {
  readonly clock: Clock
  /** The patterns of the paths whose requests are handed over. */
  readonly paths: readonly string[]
  readonly #service: HttpService
  readonly #match: (url: string) => SubpathMatch | undefined
  readonly #admission: AdmissionControl<Context>
  readonly #listener: AdmissionListener
  readonly #connect: Connect<Context>

  constructor(
    extension: HttpExtension,
    path: string,
    options: ResolvedOptions<Context>,
    admission: AdmissionControl<Context>,
    listener: AdmissionListener,
    connect: Connect<Context>,
  ) {
    const { clock } = options
    const service = extension.serve({
      path,
      clock,
      options,
      failed: (error, request) => listener.failed(error, request),
    })
    this.clock = clock
    this.paths = service.subpaths.flatMap((subpath) => pathsWith(path, subpath))
    this.#service = service
    this.#match = compileSubpaths(path, service.subpaths)
    this.#admission = admission
    this.#listener = listener
    this.#connect = connect
  }

  /** @returns how a request is answered, or `undefined` for one that is not the extension's. */
  answer(received: ReceivedRequest): Refusal | PlainAnswer | undefined {
    if (asksForWebSocket(received)) return undefined
    const match = this.#match(received.url)
    if (match === undefined) return undefined
    const request = this.#admission.check(received, match.matched)
    if (request instanceof Refusal) return request
    return (exchange) => this.#handle(new PlainCall(exchange, request, match.subpath, this))
  }

  claim(request: HandshakeRequest): Claim | Refusal | undefined {
    return this.#service.claim(request)
  }

  close(): void {
    this.#service.close()
  }

  // For the calls.

  admit(call: PlainCall, claim: Claim | undefined): Promise<Place | Refusal | 'gone'> {
    const outcome = this.#admission.admit(call.request, claim)
    if (outcome.action !== 'wait') return Promise.resolve(this.#settled(outcome))
    return new Promise((resolve) => {
      call.onGone(() => {
        outcome.abandon()
        resolve('gone')
      })
      outcome.outcome.then((settled) => resolve(this.#settled(settled)))
    })
  }

  refused(refusal: Refusal, request: HandshakeRequest): void {
    this.#listener.refused(refusal, request)
  }

  #settled(outcome: SettledHandshake<Context>): Place | Refusal {
    if (outcome.action === 'refuse') return outcome.refusal
    return new AdmittedPlace(outcome.admitted, this.#admission, this.#connect)
  }

  #handle(call: PlainCall): void {
    const failed = (error: unknown): void => {
      this.#listener.failed(error, call.request)
      if (call.isAnswered) return
      const refusal = new Refusal('error', 500, FAILED)
      this.refused(refusal, call.request)
      call.respond(refusal.status, refusal.headers, refusal.body)
    }
    try {
      watchRejection(this.#service.handle(call), failed)
    } catch (error) {
      failed(error)
    }
  }
}

/** The place of a plain request. */
class AdmittedPlace<Context> implements Place {
  isHeld = true
  remoteAddress: string
  readonly #admitted: Admitted<Context>
  readonly #admission: AdmissionControl<Context>
  readonly #connect: Connect<Context>

  constructor(
    admitted: Admitted<Context>,
    admission: AdmissionControl<Context>,
    connect: Connect<Context>,
  ) {
    this.remoteAddress = admitted.remoteAddress
    this.#admitted = admitted
    this.#admission = admission
    this.#connect = connect
  }

  get headers(): ResponseHeaders {
    return this.#admitted.headers
  }

  open(transport: Transport): TransportListener | undefined {
    if (!this.isHeld) return undefined
    this.isHeld = false
    // Its address may have changed since it was admitted, and it is counted for this one.
    return this.#connect({ ...this.#admitted, remoteAddress: this.remoteAddress }, transport)
  }

  release(): void {
    if (!this.isHeld) return
    this.isHeld = false
    this.#admission.release(this.remoteAddress)
    this.#admitted.claim?.ended()
  }
}
