import type { Clock } from '../runtime/clock.ts'
import { ARRIVAL_OVERHEAD } from './arrival-queue.ts'
import { type CloseCause, CloseCode, type CloseEvent } from './close.ts'
import type { Transport } from './transport.ts'

/** The close code of each cause, for when neither side has given one. */
export const CODE_OF_CAUSE: Readonly<Record<CloseCause, number>> = {
  client: CloseCode.NoStatus,
  server: CloseCode.Normal,
  heartbeat: CloseCode.Abnormal,
  lost: CloseCode.Abnormal,
  'protocol-error': CloseCode.ProtocolError,
  'invalid-data': CloseCode.InvalidData,
  'message-too-big': CloseCode.MessageTooBig,
  'slow-consumer': CloseCode.PolicyViolation,
  'rate-limit': CloseCode.PolicyViolation,
  'session-error': CloseCode.InternalError,
  shutdown: CloseCode.GoingAway,
}

/** Why a connection ends, and with which code and reason. */
export type Outcome = Omit<CloseEvent, 'wasClean'>

/** How often a connection that is closing is looked at in `closeTimeout`, while something waits in it. */
const LOOKS = 8

/**
 * The end of a connection, from the moment that one side or the engine begins it. The outcome is fixed at
 * that moment. Later events only decide whether the end was clean.
 */
export class Ending {
  readonly outcome: Outcome
  /** Whether the peer's close frame has come. */
  peerHasClosed = false
  /** Whether the session is inside a call of its own that ends the connection. */
  isLeaving = false
  /** Bytes that the peer has sent since. */
  #ignoredBytes = 0
  #cancelTimeout: (() => void) | undefined = undefined
  /** The event that is reported. Set when the transport is gone. */
  event: CloseEvent | undefined = undefined

  constructor(outcome: Outcome) {
    this.outcome = outcome
  }

  /** Whether the peer took bytes too slowly, so that it gets no more time for them. */
  get isForSlowness(): boolean {
    return this.outcome.cause === 'slow-consumer'
  }

  /** Whether the closing handshake has begun, so that it is over within `closeTimeout`. */
  get hasTimeout(): boolean {
    return this.#cancelTimeout !== undefined
  }

  /**
   * Calls back when the peer does not end the connection in time. The time starts anew while the network takes what
   * was sent before: the close frame is behind that. It does not for a peer that was too slow.
   *
   * @param timeout milliseconds
   */
  awaitPeer(
    transport: Pick<Transport, 'backlog'>,
    clock: Clock,
    timeout: number,
    callback: () => void,
  ): void {
    let { backlog } = transport
    const step = Math.ceil(timeout / LOOKS)
    const look = (left: number): void => {
      const wait = backlog === 0 ? left : Math.min(left, step)
      this.#cancelTimeout = clock.schedule(() => {
        const before = backlog
        backlog = transport.backlog
        if (backlog < before && !this.isForSlowness) look(timeout)
        else if (left > wait) look(left - wait)
        else callback()
      }, wait)
    }
    look(timeout)
  }

  /**
   * Notes that something came behind a close frame, ours or the peer's. A peer that has not read ours yet may have
   * sent as much as a buffer holds.
   *
   * @returns whether more had come than that, so that the peer need not be waited for.
   */
  ignore(size: number, bufferSize: number): boolean {
    const isTooMuch = this.#ignoredBytes >= bufferSize
    this.#ignoredBytes += size + ARRIVAL_OVERHEAD
    return isTooMuch
  }

  /** Makes the event. Called when the transport is gone. */
  complete(): CloseEvent {
    const { code, reason, cause } = this.outcome
    this.#cancelTimeout?.()
    this.event = { code, reason, wasClean: this.peerHasClosed, cause }
    return this.event
  }
}
