import { encodeText, wrongValue } from '@wirebeat/core/extension'

const MAX_BYTES = 200
/** No control characters, and no lone surrogates, which UTF-8 has no bytes for. */
const ALLOWED = /^[^\p{Cc}\p{Cs}]+$/u

/**
 * Checks the name of a group or a hub, or the id of a user, which become parts of the names of topics.
 *
 * @param what stands in the error
 * @param maxBytes of UTF-8
 * @throws OptionError for a wrong one.
 */
export function checkName(what: string, name: unknown, maxBytes: number = MAX_BYTES): void {
  if (isName(name, maxBytes)) return
  const allowed = `a string of 1 to ${maxBytes} bytes of UTF-8, without control characters`
  throw wrongValue(what, name, allowed)
}

/** Whether it is the name of a group, or the id of a user. */
export function isName(name: unknown, maxBytes: number = MAX_BYTES): name is string {
  if (typeof name !== 'string' || name.length > maxBytes || !ALLOWED.test(name)) return false
  return 3 * name.length <= maxBytes || encodeText(name).length <= maxBytes
}
