import { type OptionError, wrongValue } from '../runtime/option-error.ts'
import { isToken } from './token.ts'

/** The header fields of a response. Several values are sent as several fields of that name. */
export type ResponseHeaders = Readonly<Record<string, string | readonly string[]>>

/**
 * Header fields as an application gives them: an object with a value or a list of values for each name, or pairs of
 * a name and a value, as `Headers`, a `Map` and `Object.entries` have them.
 */
export type GivenHeaders = ResponseHeaders | Iterable<readonly [name: string, value: string]>

/** Names that only an adapter may send, in a response that is no WebSocket. They say where the response ends. */
export const FRAMING_HEADERS: readonly string[] = [
  'connection',
  'content-length',
  'transfer-encoding',
  'upgrade',
]

/** Names that only an adapter may send with a 101. `sec-websocket-*` stands for all that begin so. */
export const HANDSHAKE_HEADERS: readonly string[] = [
  ...FRAMING_HEADERS,
  'keep-alive',
  'sec-websocket-*',
  'trailer',
]

/**
 * Checks header fields, and copies them.
 *
 * @param reserved names in lower case that must not be among them
 * @throws OptionError for a name or a value that may not be in a response, or for no header fields at all.
 */
export function readHeaders(given: unknown, reserved: readonly string[]): ResponseHeaders {
  const fields = new Map<string, string[]>()
  for (const [name, value] of pairsOf(given)) {
    checkName(name, reserved)
    checkValue(name, value)
    const values = fields.get(name)
    if (values === undefined) fields.set(name, [value])
    else values.push(value)
  }
  return Object.fromEntries(
    [...fields].map(([name, [first = '', ...more]]) => [
      name,
      more.length === 0 ? first : [first, ...more],
    ]),
  )
}

/** No header fields, which is what most handshakes are answered with. */
export const NO_HEADERS: ResponseHeaders = Object.freeze({})

/** The header fields one by one, as they are sent. */
export function fieldLines(headers: ResponseHeaders): [name: string, value: string][] {
  if (headers === NO_HEADERS) return []
  const lines: [string, string][] = []
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value === 'string') lines.push([name, value])
    else for (const one of value) lines.push([name, one])
  }
  return lines
}

/** The pairs of a name and a value. They are unchecked. */
function* pairsOf(given: unknown): Generator<readonly [unknown, unknown]> {
  if (typeof given !== 'object' || given === null) throw noHeaders(given)
  if (!(Symbol.iterator in given)) {
    for (const [name, value] of Object.entries(given)) {
      for (const one of Array.isArray(value) ? value : [value]) yield [name, one]
    }
    return
  }
  // An object with this member is iterable, or throws here.
  for (const pair of given as Iterable<unknown>) {
    if (!Array.isArray(pair) || pair.length !== 2) throw noHeaders(pair)
    yield [pair[0], pair[1]]
  }
}

function noHeaders(given: unknown): OptionError {
  return wrongValue(
    'headers',
    given,
    'an object of values by name, Headers, a Map, or pairs of a name and a value',
  )
}

function checkName(name: unknown, reserved: readonly string[]): asserts name is string {
  const isFree = (lower: string): boolean =>
    !reserved.some((one) =>
      one.endsWith('*') ? lower.startsWith(one.slice(0, -1)) : lower === one,
    )
  if (typeof name === 'string' && isToken(name) && isFree(name.toLowerCase())) return
  const allowed = `a token (RFC 9110, section 5.6.2) other than ${reserved.join(', ')}`
  throw wrongValue('header name', name, allowed)
}

function checkValue(name: string, value: unknown): asserts value is string {
  // ASCII without control characters, the tab excepted (RFC 9110, section 5.5): engines write others differently.
  if (typeof value === 'string' && /^[\t\x20-\x7e]*$/.test(value)) return
  throw wrongValue(`header ${name}`, value, 'a string of visible ASCII characters, spaces and tabs')
}
