import type { HandshakeRequest } from '../address/request.ts'
import { wrongValue } from '../runtime/option-error.ts'
import { show } from '../runtime/show.ts'
import { Refusal } from './refusal.ts'

/**
 * Decides about one origin, given in the form that browsers send. It must return `true` or `false`,
 * not a promise; for anything else, and when it throws, the request is answered with 500.
 */
export type OriginFunction = (origin: string, request: HandshakeRequest) => boolean

/**
 * One entry of a list of allowed origins:
 *
 * - an origin: `https://client.example`, `http://localhost:8080`, `app://shell`
 * - a pattern for all subdomains, however deep, without the domain itself: `https://*.example.com`
 * - `'same-origin'`: the origin's host and port are those of the request
 * - `'null'`: the origin of sandboxed frames, `data:` and `file:` pages. Anybody can have it.
 * - a RegExp, tested against the whole origin. Anchor it: `/example\.com/` also lets
 *   `https://example.com.attacker.example` pass.
 * - a function
 */
export type AllowedOrigin = string | RegExp | OriginFunction

/** Which `Origin` values may open a connection: all (`'*'`), the server's own, or a list. */
export type AllowedOrigins = '*' | 'same-origin' | readonly AllowedOrigin[]

type Rule = (origin: string, request: HandshakeRequest) => boolean

/** The options of an origin policy. */
export interface OriginOptions {
  readonly allowedOrigins: AllowedOrigins
  readonly requireOrigin: boolean
}

/** Decides about the origin of one request: `undefined` when it passes. */
export type OriginPolicy = (request: HandshakeRequest) => Refusal | undefined

/**
 * Makes the origin policy of an endpoint (RFC 6455, section 10.2). It keeps other people's web
 * pages from connecting with a visitor's cookies. It authenticates nobody: any program that is not
 * a browser can send the Origin it likes.
 *
 * @throws OptionError for an entry that can never match.
 */
export function createOriginPolicy({ allowedOrigins, requireOrigin }: OriginOptions): OriginPolicy {
  const { exact, rules } = compile(allowedOrigins)
  return (request) => {
    const header = request.headers.get('origin')
    if (header === undefined) {
      if (!requireOrigin) return undefined
      return unwelcome('The request must have an Origin header.')
    }
    // The set holds the form that browsers send, and to parse an origin takes microseconds.
    if (exact.has(header)) return undefined
    // Several header fields come joined by commas, which no origin contains.
    if (header.includes(',')) return unwelcome('The request must have one Origin header only.')
    if (rules === '*') return undefined
    const origin = normalizeOrigin(header)
    if (origin === undefined)
      return unwelcome('The Origin header must be an origin, such as https://client.example.')
    if (exact.has(origin) || rules.some((rule) => rule(origin, request))) return undefined
    return unwelcome('This origin is not allowed to connect.')
  }
}

function unwelcome(why: string): Refusal {
  return new Refusal('origin', 403, why)
}

/**
 * Brings an origin to the form that browsers send (RFC 6454, section 6.2): lower-case scheme and
 * host, international names in their ASCII form, no default port.
 *
 * @returns `undefined` for anything that is not exactly one origin.
 */
export function normalizeOrigin(text: string): string | undefined {
  if (text === 'null') return text
  const [, scheme, authority] = /^([a-z][a-z0-9+.-]*):\/\/([^\s/?#@\\,]+)$/i.exec(text) ?? []
  if (scheme === undefined || authority === undefined) return undefined
  const prefix = `${scheme.toLowerCase()}://`
  // Only these have a host by the rules of the URL standard. In others it is any text.
  if (!WEB_SCHEMES.has(prefix)) return prefix + authority.toLowerCase()
  const host = webHost(prefix, authority)
  return host && prefix + host
}

const WEB_SCHEMES: ReadonlySet<string> = new Set([
  'http://',
  'https://',
  'ws://',
  'wss://',
  'ftp://',
])

// A web standard that every runtime has; see clock.ts on why it is named here.
declare const URL: { new (url: string): { readonly host: string; readonly href: string } }

function webHost(prefix: string, authority: string): string | undefined {
  try {
    const { host, href } = new URL(prefix + authority)
    return href === `${prefix}${host}/` ? host : undefined
  } catch {
    return undefined
  }
}

interface Compiled {
  /** Origins as browsers send them. */
  readonly exact: ReadonlySet<string>
  readonly rules: '*' | readonly Rule[]
}

function compile(allowed: AllowedOrigins): Compiled {
  const exact = new Set<string>()
  if (allowed === '*') return { exact, rules: '*' }
  if (allowed === 'same-origin') return { exact, rules: [isSameOrigin] }
  if (!Array.isArray(allowed)) {
    throw wrongValue('allowedOrigins', allowed, '"*", "same-origin" or a list of origins')
  }
  // Array.isArray narrows a readonly array to any[].
  const entries: readonly AllowedOrigin[] = allowed
  const rules: Rule[] = []
  entries.forEach((entry, index) => {
    const rule = compileEntry(entry, `allowedOrigins[${index}]`)
    if (typeof rule === 'string') exact.add(rule)
    else rules.push(rule)
  })
  return { exact, rules }
}

function compileEntry(entry: AllowedOrigin, option: string): string | Rule {
  if (entry === 'same-origin') return isSameOrigin
  if (typeof entry === 'string') return compileText(entry, option)
  if (entry instanceof RegExp) {
    // A copy, because with some flags a RegExp remembers where it stopped.
    const pattern = new RegExp(entry)
    return (origin) => {
      pattern.lastIndex = 0
      return origin !== 'null' && pattern.test(origin)
    }
  }
  if (typeof entry === 'function') {
    return (origin, request) => origin !== 'null' && askFunction(entry, origin, request, option)
  }
  throw wrongValue(option, entry, 'an origin, a pattern, a RegExp or a function')
}

function askFunction(
  entry: OriginFunction,
  origin: string,
  request: HandshakeRequest,
  option: string,
): boolean {
  const verdict: unknown = entry(origin, request)
  if (typeof verdict === 'boolean') return verdict
  // A promise is truthy: an async function would let everybody pass.
  Promise.resolve(verdict).catch(() => {})
  const problem = `${option} must return true or false at once, got ${show(verdict)}.`
  throw new TypeError(`${problem} Use authorize for decisions that take time.`)
}

function compileText(entry: string, option: string): string | Rule {
  if (entry === '*') {
    const advice = 'To allow every origin, set allowedOrigins to "*".'
    throw wrongValue(option, entry, 'a single origin', advice)
  }
  const [, scheme, rest] = /^([a-z][a-z0-9+.-]*:\/\/)\*\.(.+)$/i.exec(entry) ?? []
  const origin = normalizeOrigin(scheme === undefined ? entry : `${scheme}${rest}`)
  if (origin === undefined || /[*]/.test(origin)) {
    throw wrongValue(
      option,
      entry,
      'a scheme and a host without a path, such as "https://client.example", "https://*.example.com" or "http://localhost:8080"',
    )
  }
  if (/^wss?:/.test(origin)) {
    const advice = `Use ${show(entry.replace(/^ws/i, 'http'))}.`
    throw wrongValue(option, entry, 'the origin of a page', advice)
  }
  if (scheme === undefined) return origin
  const prefix = scheme.toLowerCase()
  const suffix = `.${origin.slice(prefix.length)}`
  return (candidate) =>
    candidate.startsWith(prefix) &&
    candidate.endsWith(suffix) &&
    candidate.length > prefix.length + suffix.length
}

/**
 * A page on a server without TLS may be the public face of this one behind a proxy, so `https` is
 * accepted where the request itself came in plain; never the other way round.
 */
function isSameOrigin(origin: string, { host, secure }: HandshakeRequest): boolean {
  if (origin.startsWith('https://')) return origin === normalizeOrigin(`https://${host}`)
  return !secure && origin === normalizeOrigin(`http://${host}`)
}
