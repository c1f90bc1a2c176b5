import { encodeText, wrongValue } from '@wirebeat/core/extension'

const MAX_BYTES = 255
/** No control characters, and no lone surrogates, which UTF-8 has no bytes for. */
const ALLOWED = /^[^\p{Cc}\p{Cs}]+$/u

/** @throws OptionError for anything but a name of a topic. */
export function checkTopicName(name: unknown): void {
  const isName = typeof name === 'string' && ALLOWED.test(name) && isShort(name)
  if (isName) return
  const allowed = 'a string of 1 to 255 bytes of UTF-8, without control characters'
  throw wrongValue('topic', name, allowed)
}

function isShort(name: string): boolean {
  if (name.length > MAX_BYTES) return false
  // A character takes three bytes at most.
  return 3 * name.length <= MAX_BYTES || encodeText(name).length <= MAX_BYTES
}
