import type { HandshakeRequest } from '../address/request.ts'
import { show } from '../runtime/show.ts'
import { isToken } from './token.ts'

/**
 * Decides whether a client that offers permessage-deflate gets it, such as by its User-Agent. It must return `true` or
 * `false`, not a promise. When it returns anything else or throws, the request is refused with 500 and `onError` is
 * called.
 */
export type CompressionFunction = (request: HandshakeRequest) => boolean

/** The extension that a connection may use. */
const DEFLATE = 'permessage-deflate'

/** What is agreed on: without a limit for the server's window, or with one (RFC 7692, section 7.1.2.1). */
export type Extension = typeof DEFLATE | `${typeof DEFLATE}; server_max_window_bits=${string}`

/** What browsers and ws send. Reading it part by part takes longer than the rest of the decision. */
const USUAL: ReadonlySet<string> = new Set([DEFLATE, `${DEFLATE}; client_max_window_bits`])

interface Offer {
  readonly name: string
  readonly parameters: readonly string[]
}

/**
 * Whether a client that offers permessage-deflate gets it.
 *
 * @throws TypeError when the function returns anything but a boolean.
 */
export function allowsCompression(
  option: boolean | CompressionFunction,
  request: HandshakeRequest,
): boolean {
  if (typeof option === 'boolean') return option
  const verdict: unknown = option(request)
  if (typeof verdict === 'boolean') return verdict
  // A promise that rejects, and that nobody looks at, would end the process.
  Promise.resolve(verdict).catch(() => {})
  throw new TypeError(`compression must return true or false at once, got ${show(verdict)}.`)
}

/**
 * Chooses among the extensions that a client offers (RFC 6455, section 9.1): the first that the engine
 * can honour.
 *
 * @param canLimitWindow whether the engine can honour a limit for the server's window
 * @returns what to offer the engine; empty where there is nothing; `undefined` when the header is malformed.
 */
export function chooseExtension(
  header: string | undefined,
  canLimitWindow: boolean,
): Extension | '' | undefined {
  if (header === undefined) return ''
  if (USUAL.has(header)) return DEFLATE
  let chosen: Extension | undefined
  for (const text of splitOutsideQuotes(header, ',')) {
    // A recipient ignores empty members (RFC 9110, section 5.6.1.2).
    if (text.trim() === '') continue
    const offer = parseOffer(text)
    // Even behind one that is taken.
    if (offer === undefined) return undefined
    chosen ??= honour(offer, canLimitWindow)
  }
  return chosen ?? ''
}

function parseOffer(text: string): Offer | undefined {
  const [name = '', ...parameters] = splitOutsideQuotes(text, ';').map((part) => part.trim())
  if (!isToken(name) || !parameters.every(isParameter)) return undefined
  return { name: name.toLowerCase(), parameters }
}

function isParameter(text: string): boolean {
  const [name = '', ...value] = text.split('=')
  if (!isToken(name.trim())) return false
  const joined = value.join('=').trim()
  // A value in quotes must still be a token (RFC 6455, section 9.1).
  return value.length === 0 || isToken(joined.replace(/^"(.*)"$/, '$1'))
}

/** Asks nothing of the server that an engine could not do. */
const PLAIN =
  /^(?:(?:server|client)_no_context_takeover|client_max_window_bits(?:\s*=\s*"?(?:8|9|1[0-5])"?)?)$/i
const LIMIT = /^server_max_window_bits\s*=\s*"?(8|9|1[0-5])"?$/i

/** What is agreed on with this offer, or `undefined` where it must be declined (RFC 7692, section 7). */
function honour({ name, parameters }: Offer, canLimitWindow: boolean): Extension | undefined {
  const names = parameters.map((parameter) => parameter.split('=', 1)[0]?.trim().toLowerCase())
  if (name !== DEFLATE || new Set(names).size < names.length) return undefined
  let bits: string | undefined
  for (const parameter of parameters) {
    if (PLAIN.test(parameter)) continue
    bits = LIMIT.exec(parameter)?.[1]
    if (bits === undefined || !canLimitWindow) return undefined
  }
  return bits === undefined ? DEFLATE : `${DEFLATE}; server_max_window_bits=${bits}`
}

function splitOutsideQuotes(text: string, separator: ',' | ';'): string[] {
  const parts: string[] = []
  let start = 0
  let isQuoted = false
  for (let index = 0; index < text.length; index++) {
    const character = text[index]
    if (character === '"') isQuoted = !isQuoted
    if (character !== separator || isQuoted) continue
    parts.push(text.slice(start, index))
    start = index + 1
  }
  return [...parts, text.slice(start)]
}
