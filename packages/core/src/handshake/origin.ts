import type { HandshakeRequest } from '../address/request.ts'
import { wrongValue } from '../runtime/option-error.ts'
import { isA } from '../runtime/realm.ts'
import { show } from '../runtime/show.ts'
import { Refusal } from './refusal.ts'

/**
 * Decides about one origin, which is in the form that browsers send. A text that is no origin, such as `app:`, is
 * handed over as it was sent, so compare and do not parse. It must return `true` or `false`, not a promise. When it
 * returns anything else or throws, the request is refused with 500 and `onError` is called.
 */
export type OriginFunction = (origin: string, request: HandshakeRequest) => boolean

/**
 * One entry of a list of allowed origins:
 *
 * - an origin: `https://client.example`, `http://localhost:8080`, `app://shell`, and `file://`, which shells such
 *   as Electron and Cordova send for pages of their own
 * - a pattern for all subdomains of any depth, but not the domain itself: `https://*.example.com`
 * - `'same-origin'`: the host and the port of the origin are those of the request
 * - `'null'`: the origin of sandboxed frames and of `data:` and `file:` pages. Any page can get this origin.
 * - a RegExp, tested against the origin. Anchor it at both ends: `/example\.com/` also matches
 *   `https://example.com.attacker.example`.
 * - a function, see {@link OriginFunction}
 */
export type AllowedOrigin = string | RegExp | OriginFunction

/** Which origins may connect: all (`'*'`), that of the server (`'same-origin'`), or those of a list. */
export type AllowedOrigins = '*' | 'same-origin' | readonly AllowedOrigin[]

type Rule = (origin: string, request: HandshakeRequest) => boolean

/** The options of an origin policy. */
export interface OriginOptions {
  readonly allowedOrigins: AllowedOrigins
  readonly requireOrigin: boolean
}

/** Decides about the origin of one request. Returns `undefined` when it is allowed. */
export type OriginPolicy = (request: HandshakeRequest) => Refusal | undefined

/**
 * Makes the origin policy of an endpoint (RFC 6455, section 10.2). It keeps the web pages of others from
 * connecting with a visitor's cookies. It does not authenticate: a program that is not a browser can send any
 * Origin.
 *
 * @throws OptionError for an entry that can never match.
 */
export function createOriginPolicy({ allowedOrigins, requireOrigin }: OriginOptions): OriginPolicy {
  const { exact, rules, predicates } = compile(allowedOrigins)
  return (request) => {
    const header = request.headers.get('origin')
    if (header === undefined) {
      if (!requireOrigin) return undefined
      return unwelcome('The request must have an Origin header.')
    }
    // The set holds the form that browsers send. This saves parsing, which takes microseconds.
    if (exact.has(header)) return undefined
    // Several header fields are joined by commas, and no origin contains a comma.
    if (header.includes(',')) return unwelcome('The request must have one Origin header only.')
    if (rules === '*') return undefined
    const origin = normalizeOrigin(header)
    const passes = (rule: Rule): boolean => rule(origin ?? header, request)
    if (origin !== undefined && (exact.has(origin) || rules.some(passes))) return undefined
    if (header !== '' && predicates.some(passes)) return undefined
    return origin === undefined
      ? unwelcome('The Origin header must be an origin, such as https://client.example.')
      : unwelcome('This origin is not allowed to connect.')
  }
}

function unwelcome(why: string): Refusal {
  return new Refusal('origin', 403, why)
}

/**
 * Brings an origin to the form that browsers send (RFC 6454, section 6.2): lower-case scheme and
 * host, international names in their ASCII form, no default port.
 *
 * @returns `undefined` for a text that is not exactly one origin.
 */
export function normalizeOrigin(text: string): string | undefined {
  // The only one without a host.
  if (text === 'null' || text.toLowerCase() === FILE) return text.toLowerCase()
  const [, scheme, authority] = /^([a-z][a-z0-9+.-]*):\/\/([^\s/?#@\\,]+)$/i.exec(text) ?? []
  if (scheme === undefined || authority === undefined) return undefined
  const prefix = `${scheme.toLowerCase()}://`
  // Only these schemes have a host by the rules of the URL standard. In others it is any text.
  if (!WEB_SCHEMES.has(prefix)) return prefix + authority.toLowerCase()
  const host = webHost(prefix, authority)
  return host && prefix + host
}

const FILE = 'file://'

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
  /** What the application has written. It decides about texts that are no origin, too. */
  readonly predicates: readonly Rule[]
}

function compile(allowed: AllowedOrigins): Compiled {
  const exact = new Set<string>()
  if (allowed === '*') return { exact, rules: '*', predicates: [] }
  if (allowed === 'same-origin') return { exact, rules: [isSameOrigin], predicates: [] }
  if (!Array.isArray(allowed)) {
    throw wrongValue('allowedOrigins', allowed, '"*", "same-origin" or a list of origins')
  }
  // Spread, because forEach() skips the holes of a list. Array.isArray narrows a readonly array to any[].
  const entries: readonly AllowedOrigin[] = [...allowed]
  const rules: Rule[] = []
  const predicates: Rule[] = []
  entries.forEach((entry, index) => {
    const option = `allowedOrigins[${index}]`
    const compiled = typeof entry === 'string' ? compileText(entry, option) : undefined
    if (typeof compiled === 'string') exact.add(compiled)
    else if (compiled !== undefined) rules.push(compiled)
    else predicates.push(compilePredicate(entry, option))
  })
  return { exact, rules, predicates }
}

/** A RegExp or a function. It decides about every text but `null`, which must be listed. */
function compilePredicate(entry: AllowedOrigin, option: string): Rule {
  if (isRegExp(entry)) {
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

/** Whether an entry is a RegExp of any realm. */
function isRegExp(entry: AllowedOrigin): entry is RegExp {
  return isA('RegExp', entry)
}

function askFunction(
  entry: OriginFunction,
  origin: string,
  request: HandshakeRequest,
  option: string,
): boolean {
  const verdict: unknown = entry(origin, request)
  if (typeof verdict === 'boolean') return verdict
  // A promise is truthy, so an async function would allow every origin.
  Promise.resolve(verdict).catch(() => {})
  const problem = `${option} must return true or false at once, got ${show(verdict)}.`
  throw new TypeError(`${problem} Use authorize for decisions that take time.`)
}

function compileText(entry: string, option: string): string | Rule {
  if (entry === 'same-origin') return isSameOrigin
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
 * A proxy may have ended TLS, so an `https` origin is accepted for a request without TLS. An `http` origin is
 * not accepted for a request over TLS.
 */
function isSameOrigin(origin: string, { host, secure }: HandshakeRequest): boolean {
  if (origin.startsWith('https://')) return origin === normalizeOrigin(`https://${host}`)
  return !secure && origin === normalizeOrigin(`http://${host}`)
}
