import { decodeParams, type MatchedParams, NO_PARAMS, type PathParams } from '../address/path.ts'
import type { HandshakeRequest, ReceivedRequest } from '../address/request.ts'
import {
  type ClientResolver,
  createClientResolver,
  type TrustedProxies,
} from '../address/trusted-proxies.ts'
import { Cancellation } from '../runtime/cancellation.ts'
import type { Clock } from '../runtime/clock.ts'
import { isThenable } from '../runtime/thenable.ts'
import { createHostPolicy } from './allowed-hosts.ts'
import { type Admittance, type Authorize, type AuthorizeAnswer, readAnswer } from './authorize.ts'
import type { AdmissionClaim } from './claim.ts'
import type { CompressionFunction } from './extensions.ts'
import {
  type Agreement,
  decideHandshake,
  decidePlain,
  type HandshakePolicy,
  refuseUnavailable,
  type UnavailableReason,
  type ValidHandshake,
} from './handshake.ts'
import { Occupancy } from './occupancy.ts'
import { createOriginPolicy, type OriginOptions } from './origin.ts'
import { PendingHandshake } from './pending-handshake.ts'
import { isRefusal, Refusal } from './refusal.ts'
import { NO_HEADERS, type ResponseHeaders } from './response-headers.ts'

/** The options of an endpoint that decide about handshakes, checked. */
export interface AdmissionOptions<Context> extends OriginOptions {
  readonly allowedHosts: readonly string[] | undefined
  readonly protocols: readonly string[]
  readonly compression: boolean | CompressionFunction
  readonly trustedProxies: TrustedProxies | undefined
  readonly authorize: Authorize<Context> | undefined
  readonly handshakeTimeout: number
  readonly maxConnections: number
  readonly maxConnectionsPerAddress: number
  readonly maxPendingHandshakes: number
  readonly clock: Clock
}

/** Is told about refusals and errors. */
export interface AdmissionListener {
  refused(refusal: Refusal, request: HandshakeRequest): void
  /** The application threw: `authorize` or an origin function. */
  failed(error: unknown, request: HandshakeRequest): void
}

/** An admitted request. It counts as a connection until its address is released. */
export interface Admitted<Context> extends Agreement {
  readonly context: Context
  readonly remoteAddress: string
  readonly params: PathParams
  /** Header fields that the response is to have beside those of the handshake. They are checked. */
  readonly headers: ResponseHeaders
  /** What the connection takes over, and the id that it has for that. */
  readonly claim?: AdmissionClaim
  readonly id?: string
}

/** Finds what a well-formed request asks to take over. */
type ClaimFinder = (request: HandshakeRequest) => AdmissionClaim | Refusal | undefined

/** The decision about a request. */
export type SettledHandshake<Context> =
  | Refused
  | {
      readonly action: 'accept'
      readonly admitted: Admitted<Context>
      readonly request: HandshakeRequest
    }

interface Refused {
  readonly action: 'refuse'
  readonly refusal: Refusal
}

/** What `authorize` has decided. */
type Decision<Context> = Admittance<Context> | Refusal

/** The decision, or a handshake that waits for `authorize` and counts as a connection meanwhile. */
export type HandshakeOutcome<Context> =
  | SettledHandshake<Context>
  | PendingHandshake<Decision<Context>, SettledHandshake<Context>>

/** Decides which requests are admitted, and counts the connections. */
export class AdmissionControl<Context> {
  readonly #options: AdmissionOptions<Context>
  readonly #listener: AdmissionListener
  readonly #policy: HandshakePolicy
  readonly #resolveClient: ClientResolver
  readonly #occupancy: Occupancy
  readonly #pending = new Set<PendingHandshake<Decision<Context>, SettledHandshake<Context>>>()
  #isShuttingDown = false

  /** @throws OptionError for a wrong entry of `allowedHosts`, `allowedOrigins` or `trustedProxies`. */
  constructor(options: AdmissionOptions<Context>, listener: AdmissionListener) {
    const { protocols, compression, maxConnections, maxConnectionsPerAddress } = options
    this.#options = options
    this.#listener = listener
    this.#policy = {
      protocols,
      compression,
      checkHost: createHostPolicy(options.allowedHosts),
      checkOrigin: createOriginPolicy(options),
    }
    this.#resolveClient = createClientResolver(options.trustedProxies)
    this.#occupancy = new Occupancy(maxConnections, maxConnectionsPerAddress)
  }

  /** How many handshakes wait for `authorize`. */
  get pending(): number {
    return this.#pending.size
  }

  /**
   * Decides about a request for the endpoint's path. The listener is told about a refusal.
   *
   * @param matched what stands in the parameters of the path
   * @param canLimitWindow whether the engine can limit the window that it compresses with
   * @param findClaim finds what the request asks to take over
   */
  decide(
    received: ReceivedRequest,
    matched: MatchedParams,
    canLimitWindow = false,
    findClaim?: ClaimFinder,
  ): HandshakeOutcome<Context> {
    const request = this.#resolve(received, matched)
    if (request instanceof Refusal) return { action: 'refuse', refusal: request }
    let claim: AdmissionClaim | undefined
    const unavailable = (): Refusal | undefined => {
      const found = findClaim?.(request)
      if (isRefusal(found)) return found
      claim = found
      const reason = this.#unavailable(request, claim)
      return reason && refuseUnavailable(reason)
    }
    try {
      const decision = decideHandshake(request, this.#policy, unavailable, canLimitWindow)
      if (decision instanceof Refusal) return this.#refuse(decision, request, claim)
      return this.#authorize(request, decision, claim)
    } catch (error) {
      return this.#refuseAfter(error, request, claim)
    }
  }

  /** Decides whether a plain request is one to answer at all. The listener is told about a refusal. */
  check(received: ReceivedRequest, matched: MatchedParams): HandshakeRequest | Refusal {
    const request = this.#resolve(received, matched)
    if (request instanceof Refusal) return request
    try {
      const refusal = decidePlain(request, this.#policy)
      if (refusal !== undefined) this.#listener.refused(refusal, request)
      return refusal ?? request
    } catch (error) {
      return this.#refuseAfter(error, request).refusal
    }
  }

  /** Decides whether a plain request that was checked may open a connection. */
  admit(request: HandshakeRequest, claim: AdmissionClaim | undefined): HandshakeOutcome<Context> {
    const unavailable = this.#unavailable(request, claim)
    if (unavailable !== undefined) {
      return this.#refuse(refuseUnavailable(unavailable), request, claim)
    }
    return this.#authorize(request, PLAIN, claim)
  }

  /**
   * To be asked when an outcome that was waited for is carried out. An endpoint that was closed after `authorize` had
   * answered refuses the request, because its shutdown waits only for connections that are there.
   */
  confirm(settled: SettledHandshake<Context>): SettledHandshake<Context> {
    if (settled.action === 'refuse' || !this.#isShuttingDown) return settled
    this.giveUp(settled.admitted)
    // The claim has ended, so it is not refused as well.
    return this.#refuse(refuseUnavailable('shutting-down'), settled.request)
  }

  /** An admitted request has come to nothing. In place of {@link release}. */
  giveUp({ remoteAddress, claim }: Admitted<Context>): void {
    // The place of a connection that lives is its own.
    if (claim === undefined || claim.place !== undefined) this.release(remoteAddress)
    claim?.ended()
  }

  /** Ends the counting of one admitted request. To be called once for each. */
  release(remoteAddress: string): void {
    this.#occupancy.leave(remoteAddress)
  }

  /** Refuses every request from now on. */
  stop(): void {
    this.#isShuttingDown = true
  }

  /** Refuses the handshakes that wait for `authorize`. */
  refusePending(): void {
    for (const pending of [...this.#pending]) pending.refuse(refuseUnavailable('shutting-down'))
  }

  /** The request with the address and the parameters that count, or a refusal, which was told. */
  #resolve(received: ReceivedRequest, matched: MatchedParams): HandshakeRequest | Refusal {
    const params = decodeParams(matched)
    const request = this.#resolveClient(received, params ?? NO_PARAMS)
    if (params !== undefined) return request
    return this.#refuse(new Refusal('malformed', 400, BAD_PATH), request).refusal
  }

  #unavailable(
    { remoteAddress }: HandshakeRequest,
    claim: AdmissionClaim | undefined,
  ): UnavailableReason | undefined {
    if (this.#isShuttingDown) return 'shutting-down'
    const isFull = this.#pending.size >= this.#options.maxPendingHandshakes
    return this.#fullFor(remoteAddress, claim) ?? (isFull ? 'handshake-limit' : undefined)
  }

  #fullFor(
    remoteAddress: string,
    claim: AdmissionClaim | undefined,
  ): UnavailableReason | undefined {
    if (claim === undefined) return this.#occupancy.fullFor(remoteAddress)
    if (claim.place === undefined) return undefined
    return this.#occupancy.fullForMove(claim.place.remoteAddress, remoteAddress)
  }

  /** Counts the request, or has the place that it asks for count for its address. */
  #enter({ remoteAddress }: HandshakeRequest, claim: AdmissionClaim | undefined): void {
    if (claim === undefined) {
      this.#occupancy.enter(remoteAddress)
      return
    }
    const { place } = claim
    if (place === undefined) return
    if (place.isHeld) {
      this.#occupancy.leave(place.remoteAddress)
      this.#occupancy.enter(remoteAddress)
    }
    place.remoteAddress = remoteAddress
  }

  /** The request is not admitted after all. A place that it has asked for is still held. */
  #leave({ remoteAddress }: HandshakeRequest, claim: AdmissionClaim | undefined): void {
    if (claim === undefined) this.#occupancy.leave(remoteAddress)
  }

  #authorize(
    request: HandshakeRequest,
    valid: ValidHandshake,
    claim: AdmissionClaim | undefined,
  ): HandshakeOutcome<Context> {
    this.#enter(request, claim)
    const { authorize } = this.#options
    // Without an authorize function Context is undefined, its default.
    if (authorize === undefined) {
      return this.#admit(request, valid, { context: undefined as Context }, claim)
    }
    const cancellation = new Cancellation((error) => this.#listener.failed(error, request))
    try {
      const answer = authorize(request, {
        get signal() {
          return cancellation.signal
        },
        protocols: valid.offered,
      })
      if (isPromise(answer)) return this.#wait(request, valid, answer, cancellation, claim)
      return this.#settle(request, valid, readAnswer(answer, valid.offered), claim)
    } catch (error) {
      return this.#giveUp(request, error, claim)
    }
  }

  #wait(
    request: HandshakeRequest,
    valid: ValidHandshake,
    answer: PromiseLike<AuthorizeAnswer<Context>>,
    cancellation: Cancellation,
    claim: AdmissionClaim | undefined,
  ): HandshakeOutcome<Context> {
    const decision = Promise.resolve(answer).then((value) => readAnswer(value, valid.offered))
    const pending = new PendingHandshake<Decision<Context>, SettledHandshake<Context>>(
      decision,
      cancellation,
      {
        over: () => {
          cancelTimeout()
          this.#pending.delete(pending)
        },
        settle: (settled) => this.#settle(request, valid, settled, claim),
        fail: (error) => this.#giveUp(request, error, claim),
        abandoned: () => {
          this.#leave(request, claim)
          claim?.refused()
        },
        failedLate: (error) => this.#listener.failed(error, request),
      },
    )
    const cancelTimeout = this.#options.clock.schedule(
      () => pending.refuse(new Refusal('timeout', 503, TOO_LATE)),
      this.#options.handshakeTimeout,
    )
    this.#pending.add(pending)
    return pending
  }

  /** Carries out the answer of `authorize`. The request is already counted. */
  #settle(
    request: HandshakeRequest,
    valid: ValidHandshake,
    decision: Decision<Context>,
    claim: AdmissionClaim | undefined,
  ): SettledHandshake<Context> {
    if (!isRefusal(decision) && !this.#isShuttingDown) {
      return this.#admit(request, valid, decision, claim)
    }
    this.#leave(request, claim)
    const refusal = isRefusal(decision) ? decision : refuseUnavailable('shutting-down')
    return this.#refuse(refusal, request, claim)
  }

  /** `authorize` has thrown: a refusal, or an error that it did not expect. */
  #giveUp(
    request: HandshakeRequest,
    thrown: unknown,
    claim: AdmissionClaim | undefined,
  ): SettledHandshake<Context> {
    this.#leave(request, claim)
    if (isRefusal(thrown)) return this.#refuse(thrown, request, claim)
    return this.#refuseAfter(thrown, request, claim)
  }

  #admit(
    request: HandshakeRequest,
    { protocol: agreed, extension }: ValidHandshake,
    { context, protocol = agreed, headers = NO_HEADERS }: Admittance<Context>,
    claim: AdmissionClaim | undefined,
  ): SettledHandshake<Context> {
    const { remoteAddress, params } = request
    const admitted = { protocol, extension, context, remoteAddress, params, headers }
    if (claim === undefined) return { action: 'accept', admitted, request }
    const { place } = claim
    // It may have been given back while authorize decided.
    if (place?.isHeld === false) this.#occupancy.enter(remoteAddress)
    if (place !== undefined) place.isHeld = false
    return { action: 'accept', admitted: { ...admitted, claim, id: claim.id }, request }
  }

  #refuse(refusal: Refusal, request: HandshakeRequest, claim?: AdmissionClaim): Refused {
    this.#listener.refused(refusal, request)
    claim?.refused()
    return { action: 'refuse', refusal }
  }

  #refuseAfter(error: unknown, request: HandshakeRequest, claim?: AdmissionClaim): Refused {
    this.#listener.failed(error, request)
    const refusal = new Refusal('error', 500, 'The server failed while it checked the request.')
    return this.#refuse(refusal, request, claim)
  }
}

/** A plain request agrees on nothing. */
const PLAIN: ValidHandshake = { protocol: '', extension: '', offered: [] }
const BAD_PATH = 'A parameter of the path is not percent-encoded UTF-8.'
const TOO_LATE = 'The server took too long to check the request. Try again later.'

function isPromise<Value>(value: Value | PromiseLike<Value>): value is PromiseLike<Value> {
  return isThenable(value)
}
