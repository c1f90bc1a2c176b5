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
import type { CompressionFunction } from './extensions.ts'
import {
  type Agreement,
  decideHandshake,
  type HandshakePolicy,
  refuseUnavailable,
  type UnavailableReason,
  type ValidHandshake,
} from './handshake.ts'
import { Occupancy } from './occupancy.ts'
import { createOriginPolicy, type OriginOptions } from './origin.ts'
import { PendingHandshake } from './pending-handshake.ts'
import { isRefusal, Refusal } from './refusal.ts'
import type { ResponseHeaders } from './response-headers.ts'

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
}

/** The decision about a request. */
export type SettledHandshake<Context> =
  | { readonly action: 'refuse'; readonly refusal: Refusal }
  | { readonly action: 'accept'; readonly admitted: Admitted<Context> }

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
   */
  decide(
    received: ReceivedRequest,
    matched: MatchedParams,
    canLimitWindow = false,
  ): HandshakeOutcome<Context> {
    const params = decodeParams(matched)
    const request = { ...this.#resolveClient(received), params: params ?? NO_PARAMS }
    if (params === undefined) return this.#refuse(new Refusal('malformed', 400, BAD_PATH), request)
    try {
      const unavailable = this.#unavailable(request)
      const decision = decideHandshake(request, this.#policy, unavailable, canLimitWindow)
      if (decision instanceof Refusal) return this.#refuse(decision, request)
      return this.#authorize(request, decision)
    } catch (error) {
      return this.#refuseAfter(error, request)
    }
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

  #unavailable({ remoteAddress }: HandshakeRequest): UnavailableReason | undefined {
    if (this.#isShuttingDown) return 'shutting-down'
    const isFull = this.#pending.size >= this.#options.maxPendingHandshakes
    return this.#occupancy.fullFor(remoteAddress) ?? (isFull ? 'handshake-limit' : undefined)
  }

  #authorize(request: HandshakeRequest, valid: ValidHandshake): HandshakeOutcome<Context> {
    this.#occupancy.enter(request.remoteAddress)
    const { authorize } = this.#options
    // Without an authorize function Context is undefined, its default.
    if (authorize === undefined) {
      return this.#admit(request, valid, { context: undefined as Context })
    }
    const cancellation = new Cancellation((error) => this.#listener.failed(error, request))
    try {
      const answer = authorize(request, {
        get signal() {
          return cancellation.signal
        },
        protocols: valid.offered,
      })
      if (isPromise(answer)) return this.#wait(request, valid, answer, cancellation)
      return this.#settle(request, valid, readAnswer(answer, valid.offered))
    } catch (error) {
      return this.#giveUp(request, error)
    }
  }

  #wait(
    request: HandshakeRequest,
    valid: ValidHandshake,
    answer: PromiseLike<AuthorizeAnswer<Context>>,
    cancellation: Cancellation,
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
        settle: (settled) => this.#settle(request, valid, settled),
        fail: (error) => this.#giveUp(request, error),
        abandoned: () => this.release(request.remoteAddress),
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
  ): SettledHandshake<Context> {
    if (!isRefusal(decision) && !this.#isShuttingDown) {
      return this.#admit(request, valid, decision)
    }
    this.release(request.remoteAddress)
    const refusal = isRefusal(decision) ? decision : refuseUnavailable('shutting-down')
    return this.#refuse(refusal, request)
  }

  /** `authorize` has thrown: a refusal, or an error that it did not expect. */
  #giveUp(request: HandshakeRequest, thrown: unknown): SettledHandshake<Context> {
    this.release(request.remoteAddress)
    if (isRefusal(thrown)) return this.#refuse(thrown, request)
    return this.#refuseAfter(thrown, request)
  }

  #admit(
    { remoteAddress, params }: HandshakeRequest,
    { protocol: agreed, extension }: ValidHandshake,
    { context, protocol = agreed, headers = {} }: Admittance<Context>,
  ): SettledHandshake<Context> {
    const admitted = { protocol, extension, context, remoteAddress, params, headers }
    return { action: 'accept', admitted }
  }

  #refuse(refusal: Refusal, request: HandshakeRequest): SettledHandshake<Context> {
    this.#listener.refused(refusal, request)
    return { action: 'refuse', refusal }
  }

  #refuseAfter(error: unknown, request: HandshakeRequest): SettledHandshake<Context> {
    this.#listener.failed(error, request)
    return this.#refuse(
      new Refusal('error', 500, 'The server failed while it checked the request.'),
      request,
    )
  }
}

const BAD_PATH = 'A parameter of the path is not percent-encoded UTF-8.'
const TOO_LATE = 'The server took too long to check the request. Try again later.'

function isPromise<Value>(value: Value | PromiseLike<Value>): value is PromiseLike<Value> {
  return isThenable(value)
}
