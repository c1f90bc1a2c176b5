import { isToken } from './token.ts'

/** The extension that a connection may use. */
const DEFLATE = 'permessage-deflate'

interface Offer {
  readonly name: string
  readonly parameters: readonly string[]
}

/**
 * Chooses among the extensions that a client offers (RFC 6455, section 9.1).
 *
 * @returns `permessage-deflate` when an offer does not limit the server's window (RFC 7692, section 7.1.2.1),
 * which not every engine can do. Empty without such an offer. `undefined` when the header is malformed.
 */
export function chooseExtension(header: string | undefined): typeof DEFLATE | '' | undefined {
  if (header === undefined) return ''
  const offers = splitOutsideQuotes(header, ',').map(parseOffer)
  if (offers.includes(undefined)) return undefined
  return offers.some((offer) => offer !== undefined && canHonour(offer)) ? DEFLATE : ''
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

function canHonour({ name, parameters }: Offer): boolean {
  const isPlain = (parameter: string): boolean =>
    /^(?:(?:server|client)_no_context_takeover|client_max_window_bits(?:\s*=\s*"?(?:8|9|1[0-5])"?)?)$/i.test(
      parameter,
    )
  const names = parameters.map((parameter) => parameter.split('=', 1)[0])
  return name === DEFLATE && parameters.every(isPlain) && new Set(names).size === names.length
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
