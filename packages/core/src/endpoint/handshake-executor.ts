import { compilePath, type MatchedParams, type PathMatcher } from '../address/path.ts'
import type { ReceivedRequest } from '../address/request.ts'
import type { Transport, TransportListener } from '../connection/transport.ts'
import type {
  AdmissionControl,
  Admitted,
  HandshakeOutcome,
  SettledHandshake,
} from '../handshake/admission-control.ts'
import { isForDevelopmentServer } from '../handshake/development-server.ts'
import type { Lingering } from '../handshake/lingering.ts'
import type { Refusal } from '../handshake/refusal.ts'
import type { ResponseHeaders } from '../handshake/response-headers.ts'
import { pathsWith } from '../http/subpaths.ts'
import type { Closing } from './closing.ts'
import type { Connect, PlainAnswer, PlainRequests } from './plain-requests.ts'
import type { Admission, ServedEndpoint, ServedOptions, UpgradeHandler } from './served-endpoint.ts'

/** Has the adapters carry out what the endpoint decides about handshakes. */
export class HandshakeExecutor<Context> implements ServedEndpoint {
  readonly options: ServedOptions
  readonly paths: readonly string[] | undefined
  readonly #matchPath: PathMatcher
  readonly #admission: AdmissionControl<Context>
  readonly #lingering: Lingering
  readonly #closing: Closing
  readonly #connect: Connect<Context>
  readonly #plain: PlainRequests<Context> | undefined
  readonly #findClaim: PlainRequests<Context>['claim'] | undefined

  constructor(
    options: ServedOptions,
    closing: Closing,
    admission: AdmissionControl<Context>,
    lingering: Lingering,
    connect: Connect<Context>,
    plain: PlainRequests<Context> | undefined,
  ) {
    const { path } = options
    this.options = options
    this.paths = path === undefined ? undefined : [...new Set([path, ...(plain?.paths ?? [])])]
    this.#matchPath =
      path === undefined || plain === undefined ? compilePath(path) : withSlash(path)
    this.#closing = closing
    this.#admission = admission
    this.#lingering = lingering
    this.#connect = connect
    this.#plain = plain
    this.#findClaim = plain && ((request) => plain.claim(request))
  }

  get isClosed(): boolean {
    return this.#closing.hasBegun
  }

  get closing(): Promise<number> {
    return this.#closing.timeLeft
  }

  upgrade(request: ReceivedRequest, handler: UpgradeHandler): boolean {
    const matched = this.#match(request)
    if (matched === undefined) return false
    const { canLimitWindow } = handler
    const outcome = this.#admission.decide(request, matched, canLimitWindow, this.#findClaim)
    if (outcome.action !== 'wait') {
      this.#carryOut(outcome, handler)
      return true
    }
    let isGone = false
    handler.wait(() => {
      isGone = true
      outcome.abandon()
    })
    outcome.outcome.then((settled) => {
      const carryOut = (): void => {
        if (isGone) this.#abandon(settled)
        else this.#carryOut(this.#admission.confirm(settled), handler)
      }
      if (handler.later === undefined) carryOut()
      else handler.later(carryOut)
    })
    return true
  }

  answer(request: ReceivedRequest): Refusal | PlainAnswer | undefined {
    const answer = this.#plain?.answer(request)
    if (answer !== undefined) return answer
    const matched = this.#match(request)
    if (matched === undefined) return undefined
    const outcome = this.#admission.decide(request, matched)
    if (outcome.action === 'refuse') return outcome.refusal
    // The handshake is valid, but the server has treated it as a plain request.
    this.#abandon(outcome)
    return undefined
  }

  linger(disconnect: () => void): () => void {
    return this.#lingering.add(disconnect)
  }

  /** What stands in the parameters of the path, or `undefined` when the request is not the endpoint's. */
  #match(request: ReceivedRequest): MatchedParams | undefined {
    if (this.options.path === undefined && isForDevelopmentServer(request)) return undefined
    return this.#matchPath(request.url)
  }

  #carryOut(outcome: SettledHandshake<Context>, handler: UpgradeHandler): void {
    if (outcome.action === 'refuse') handler.refuse(outcome.refusal)
    else handler.accept(new AdmittedRequest(outcome.admitted, this))
  }

  // For the admitted request.

  connect(admitted: Admitted<Context>, transport: Transport): TransportListener {
    return this.#connect(admitted, transport)
  }

  giveUp(admitted: Admitted<Context>): void {
    this.#admission.giveUp(admitted)
  }

  #abandon(outcome: HandshakeOutcome<Context>): void {
    if (outcome.action === 'wait') outcome.abandon()
    else if (outcome.action === 'accept') this.#admission.giveUp(outcome.admitted)
  }
}

/** An admitted request, which has no closures, because there is one for each handshake. */
class AdmittedRequest<Context> implements Admission {
  readonly #admitted: Admitted<Context>
  readonly #executor: HandshakeExecutor<Context>

  constructor(admitted: Admitted<Context>, executor: HandshakeExecutor<Context>) {
    this.#admitted = admitted
    this.#executor = executor
  }

  get protocol(): string {
    return this.#admitted.protocol
  }

  get extension(): string {
    return this.#admitted.extension
  }

  get headers(): ResponseHeaders {
    return this.#admitted.headers
  }

  accept(transport: Transport): TransportListener {
    return this.#executor.connect(this.#admitted, transport)
  }

  abandon(): void {
    this.#executor.giveUp(this.#admitted)
  }
}

/** Clients that add to the path of an endpoint may begin with a `/` at its end. */
function withSlash(path: string): PathMatcher {
  const matchers = pathsWith(path, '').map(compilePath)
  return (url) => {
    for (const match of matchers) {
      const matched = match(url)
      if (matched !== undefined) return matched
    }
    return undefined
  }
}
