import { type CloseCause, CloseCode, type CloseEvent } from './close.ts'

/** The code that belongs to each cause, where neither side gives one of its own. */
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
 * The end of a connection, from the moment that either side, or the engine, has begun it. The outcome
 * is fixed then: what happens later only decides whether it was clean.
 */
export class Ending {
  readonly outcome: Outcome
  /** Whether the peer's close frame has come. */
  peerHasClosed = false
  /** Whether the transport is gone, and the session is still to be handed what came before. */
  isGone = false
  /** Whether the session is inside a call of its own that ends the connection. */
  isLeaving = false
  /** Bytes that the peer has sent since. */
  ignoredBytes = 0
  cancelCloseTimeout: (() => void) | undefined = undefined
  /** What is told of it, once the transport is gone. */
  event: CloseEvent | undefined = undefined

  constructor(outcome: Outcome) {
    this.outcome = outcome
  }

  /** The transport is gone. */
  complete(): CloseEvent {
    const { code, reason, cause } = this.outcome
    this.cancelCloseTimeout?.()
    this.event = { code, reason, wasClean: this.peerHasClosed, cause }
    return this.event
  }
}
