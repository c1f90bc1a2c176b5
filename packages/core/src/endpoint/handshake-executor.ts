import { pathOf, type ReceivedRequest } from '../address/request.ts'
import type { Transport, TransportListener } from '../connection/transport.ts'
import type {
  AdmissionControl,
  Admitted,
  HandshakeOutcome,
  SettledHandshake,
} from '../handshake/admission-control.ts'
import type { Lingering } from '../handshake/lingering.ts'
import type { Refusal } from '../handshake/refusal.ts'
import type { Admission, ServedEndpoint, ServedOptions, UpgradeHandler } from './served-endpoint.ts'

/** Has the adapters carry out what the endpoint decides about handshakes. */
export class HandshakeExecutor<Context> implements ServedEndpoint {
  readonly options: ServedOptions
  readonly closing: Promise<number>
  readonly #admission: AdmissionControl<Context>
  readonly #lingering: Lingering
  readonly #connect: (admitted: Admitted<Context>, transport: Transport) => TransportListener

  constructor(
    options: ServedOptions,
    closing: Promise<number>,
    admission: AdmissionControl<Context>,
    lingering: Lingering,
    connect: (admitted: Admitted<Context>, transport: Transport) => TransportListener,
  ) {
    this.options = options
    this.closing = closing
    this.#admission = admission
    this.#lingering = lingering
    this.#connect = connect
  }

  upgrade(request: ReceivedRequest, handler: UpgradeHandler): boolean {
    if (!this.#isFor(request.url)) return false
    const outcome = this.#admission.decide(request, handler.canLimitWindow)
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
        else this.#carryOut(settled, handler)
      }
      if (handler.later === undefined) carryOut()
      else handler.later(carryOut)
    })
    return true
  }

  answer(request: ReceivedRequest): Refusal | undefined {
    if (!this.#isFor(request.url)) return undefined
    const outcome = this.#admission.decide(request)
    if (outcome.action === 'refuse') return outcome.refusal
    // The handshake is valid, but the server has treated it as a plain request.
    this.#abandon(outcome)
    return undefined
  }

  linger(disconnect: () => void): () => void {
    return this.#lingering.add(disconnect)
  }

  #isFor(url: string): boolean {
    const { path } = this.options
    return path === undefined || path === url || path === pathOf(url)
  }

  #carryOut(outcome: SettledHandshake<Context>, handler: UpgradeHandler): void {
    if (outcome.action === 'refuse') handler.refuse(outcome.refusal)
    else handler.accept(this.#admit(outcome.admitted))
  }

  #admit(admitted: Admitted<Context>): Admission {
    const { protocol, extension, headers, remoteAddress } = admitted
    return {
      protocol,
      extension,
      headers,
      accept: (transport) => this.#connect(admitted, transport),
      abandon: () => this.#admission.release(remoteAddress),
    }
  }

  #abandon(outcome: HandshakeOutcome<Context>): void {
    if (outcome.action === 'wait') outcome.abandon()
    else if (outcome.action === 'accept') this.#admission.release(outcome.admitted.remoteAddress)
  }
}
