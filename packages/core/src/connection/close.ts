import { encodeText } from '../runtime/bytes.ts'
import { show, showNumber } from '../runtime/show.ts'

/**
 * Why a connection ended. The same words on every adapter.
 *
 * | cause | close code on the wire | when |
 * | --- | --- | --- |
 * | `client` | the client's code | the client closed |
 * | `server` | the given code | the session closed |
 * | `heartbeat` | none | the client was silent for `clientTimeout` |
 * | `lost` | none | the network ended without a close frame |
 * | `protocol-error` | 1002 | broken framing |
 * | `invalid-data` | 1007 | text that is not UTF-8 |
 * | `message-too-big` | 1009 | a message over `maxMessageSize`; with 1008, more fragments than the engine takes |
 * | `slow-consumer` | 1008 | over `maxBufferedAmount` or `receiveBufferSize`; in a flood without a close frame |
 * | `rate-limit` | 1008 | over `messageRate` |
 * | `session-error` | 1011 | the session threw |
 * | `shutdown` | 1001 | `endpoint.close()` was called |
 */
export type CloseCause =
  | 'client'
  | 'server'
  | 'heartbeat'
  | 'lost'
  | 'protocol-error'
  | 'invalid-data'
  | 'message-too-big'
  | 'slow-consumer'
  | 'rate-limit'
  | 'session-error'
  | 'shutdown'

/** How a connection ended. Every connection is reported exactly once. */
export interface CloseEvent {
  /**
   * The close code (RFC 6455, section 7.4): the client's when the client closed, and the server's when
   * the server closed. 1005 when the client's close frame held no code, and 1006 when there was no close
   * frame.
   */
  readonly code: number
  /** The reason that was received or sent with the code. Empty when there was none. */
  readonly reason: string
  /** Whether both sides have sent a close frame, as far as the server can tell (RFC 6455, section 7.1.4). */
  readonly wasClean: boolean
  /** Why the connection ended. */
  readonly cause: CloseCause
}

/** The close codes that Wirebeat itself uses (RFC 6455, section 7.4.1). */
export const CloseCode = {
  Normal: 1000,
  GoingAway: 1001,
  ProtocolError: 1002,
  /** The client's close frame held no code. Never sent. */
  NoStatus: 1005,
  /** There was no close frame. Never sent. */
  Abnormal: 1006,
  InvalidData: 1007,
  PolicyViolation: 1008,
  MessageTooBig: 1009,
  InternalError: 1011,
} as const

const MAX_REASON_BYTES = 123

function mayBeSent(code: number): boolean {
  return (
    code === 1000 ||
    code === 1001 ||
    code === 1003 ||
    (code >= 1007 && code <= 1014) ||
    (code >= 3000 && code <= 4999)
  )
}

/**
 * Checks a close code and a reason before an engine gets them. Some engines hang on a wrong value, and
 * others send it as it is.
 *
 * @throws RangeError when the code may not be sent, or the reason has more than 123 bytes of UTF-8.
 * @throws TypeError when one of them has the wrong type.
 */
export function checkCloseArguments(code: number, reason: string): void {
  if (typeof code !== 'number') {
    throw new TypeError(`Close code must be a number, got ${show(code)}.`)
  }
  if (!Number.isInteger(code) || !mayBeSent(code)) {
    throw new RangeError(
      `Close code ${code} may not be sent. Use 1000, 1001, 1003, 1007 to 1014 or 3000 to 4999.`,
    )
  }
  if (typeof reason !== 'string') {
    throw new TypeError(`Close reason must be a string, got ${show(reason)}.`)
  }
  const bytes = encodeText(reason).byteLength
  if (bytes > MAX_REASON_BYTES) {
    throw new RangeError(
      `Close reason must be at most ${MAX_REASON_BYTES} bytes of UTF-8, got ${showNumber(bytes)}.`,
    )
  }
}
