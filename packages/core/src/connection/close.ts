import { encodeText } from '../runtime/bytes.ts'
import { show, showNumber } from '../runtime/show.ts'

/**
 * Why a connection ended, in one vocabulary on every adapter.
 *
 * | cause | close code on the wire | when |
 * | --- | --- | --- |
 * | `client` | the peer's code | the peer closed |
 * | `server` | the given code | the session closed |
 * | `heartbeat` | none | nothing came for `clientTimeout` |
 * | `lost` | none | the network ended without a close frame |
 * | `protocol-error` | 1002 | broken framing |
 * | `invalid-data` | 1007 | text that is not UTF-8 |
 * | `message-too-big` | 1009 | over `maxMessageSize`; 1008 in more fragments than the engine takes |
 * | `slow-consumer` | 1008; none in a flood | over `maxBufferedAmount` or `receiveBufferSize` |
 * | `rate-limit` | 1008 | over `messageRate` |
 * | `session-error` | 1011 | the session threw |
 * | `shutdown` | 1001 | the endpoint is shutting down |
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

/** How a connection ended. Reported once for each connection, always. */
export interface CloseEvent {
  /**
   * The close code (RFC 6455, section 7.4). When the peer closed: the peer's, or 1005 when its
   * close frame held none. When the server closed: the code it gave. When no close frame was
   * exchanged at all: 1006.
   */
  readonly code: number
  /** The reason that came or went with the code; empty when there was none. */
  readonly reason: string
  /** Whether both sides are known to have sent their close frames (RFC 6455, section 7.1.4). */
  readonly wasClean: boolean
  /** Why the connection ended. */
  readonly cause: CloseCause
}

/** The close codes that Wirebeat itself uses (RFC 6455, section 7.4.1). */
export const CloseCode = {
  Normal: 1000,
  GoingAway: 1001,
  ProtocolError: 1002,
  /** Never on the wire: the peer's close frame held no code. */
  NoStatus: 1005,
  /** Never on the wire: there was no close frame. */
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
 * Refuses what may not stand in a close frame, before any engine sees it: one engine would be left
 * wedged by such a value, another would put it on the wire as it is.
 *
 * @throws RangeError for a code or a reason out of range, TypeError for one of the wrong type.
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
