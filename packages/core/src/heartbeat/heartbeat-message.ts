import { type Bytes, bytesOf, encodeText } from '../runtime/bytes.ts'
import { wrongValue } from '../runtime/option-error.ts'

const MAX_BYTES = 125

/**
 * The bytes of the text by which clients show that they are alive.
 *
 * @throws OptionError for what is no text, no valid UTF-8, or of a length that is not allowed.
 */
export function encodeHeartbeat(text: unknown, maxMessageSize: number): Uint8Array {
  const most = Math.min(MAX_BYTES, maxMessageSize)
  const isText = typeof text === 'string' && !/\p{Surrogate}/u.test(text)
  const bytes = encodeText(isText ? text : '')
  if (bytes.byteLength > 0 && bytes.byteLength <= most) return bytes
  const allowed = `a string of 1 to ${most} bytes of UTF-8, without lone surrogates`
  throw wrongValue('heartbeatMessage', text, allowed)
}

/** Whether a text is the heartbeat. For most texts the length alone tells that it is not. */
export function isHeartbeat(heartbeat: Uint8Array, data: Bytes): boolean {
  if (data.byteLength !== heartbeat.byteLength) return false
  const bytes = bytesOf(data)
  for (let i = 0; i < heartbeat.byteLength; i++) {
    if (bytes[i] !== heartbeat[i]) return false
  }
  return true
}
