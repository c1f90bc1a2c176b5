import { type CloseCause, CloseCode, type CloseEvent } from './close.ts'

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
  ignoredBytes = 0
  /** The transport's backlog at the last look. */
  backlog = 0
  cancelCloseTimeout: (() => void) | undefined = undefined
  /** The event that is reported. Set when the transport is gone. */
  event: CloseEvent | undefined = undefined

  constructor(outcome: Outcome) {
    this.outcome = outcome
  }

  /** Whether the peer took bytes too slowly, so that it gets no more time for them. */
  get isForSlowness(): boolean {
    return this.outcome.cause === 'slow-consumer'
  }

  /** Makes the event. Called when the transport is gone. */
  complete(): CloseEvent {
    const { code, reason, cause } = this.outcome
    this.cancelCloseTimeout?.()
    this.event = { code, reason, wasClean: this.peerHasClosed, cause }
    return this.event
  }
}
