import { type Bytes, bytesOf, encodeText } from '../runtime/bytes.ts'
import { wrongValue } from '../runtime/option-error.ts'

const MAX_BYTES = 125

/**
 * The heartbeat message as UTF-8.
 *
 * @throws OptionError for a value that is not a string, has a lone surrogate, or is too long or empty.
 */
export function encodeHeartbeat(text: unknown, maxMessageSize: number): Uint8Array {
  const most = Math.min(MAX_BYTES, maxMessageSize)
  const isText = typeof text === 'string' && !/\p{Surrogate}/u.test(text)
  const bytes = encodeText(isText ? text : '')
  if (bytes.byteLength > 0 && bytes.byteLength <= most) return bytes
  const allowed = `a string of 1 to ${most} bytes of UTF-8, without lone surrogates`
  throw wrongValue('heartbeatMessage', text, allowed)
}

/**
 * Whether a message is the heartbeat. The size alone excludes most messages.
 *
 * @param size bytes of the message, of a text in UTF-8
 */
export function isHeartbeat(heartbeat: Uint8Array, data: string | Bytes, size: number): boolean {
  if (size !== heartbeat.byteLength) return false
  const bytes = bytesOf(data)
  for (let i = 0; i < heartbeat.byteLength; i++) {
    if (bytes[i] !== heartbeat[i]) return false
  }
  return true
}
