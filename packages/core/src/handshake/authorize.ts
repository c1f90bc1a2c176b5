import type { PathParams } from '../address/path.ts'
import type { HandshakeRequest } from '../address/request.ts'
import type { CancellationSignal } from '../runtime/cancellation.ts'
import { checkNames, checkObject, wrongValue } from '../runtime/option-error.ts'
import { show } from '../runtime/show.ts'
import { isRefusal, type Refusal } from './refusal.ts'
import {
  type GivenHeaders,
  HANDSHAKE_HEADERS,
  type ResponseHeaders,
  readHeaders,
} from './response-headers.ts'

/**
 * Decides about one request. It admits the request by returning `allow(context)`, or the context itself if
 * that is an object or a text, and refuses it by returning or throwing `refuse(status)`. Any other answer
 * refuses with 500, and `onError` is told what to return.
 */
export type Authorize<Context, Params = PathParams> = (
  request: HandshakeRequest<Params>,
  options: AuthorizeOptions,
) => AuthorizeAnswer<Context> | Promise<AuthorizeAnswer<Context>>

/** What an `authorize` function may answer. */
export type AuthorizeAnswer<Context> = Allowed<Context> | PlainContext<Context> | Refusal

/** The second argument of `authorize`. */
export interface AuthorizeOptions {
  /**
   * Aborted when the answer is no longer needed: the client has gone away, `handshakeTimeout` has passed, or
   * the endpoint is closing. Pass it to calls that can be cancelled, such as `fetch`. What a listener of it
   * throws goes to `onError`.
   */
  readonly signal: CancellationSignal
  /** The subprotocols that the client offers, in its order (RFC 6455, section 1.9). */
  readonly protocols: readonly string[]
}

/**
 * A context that can stand on its own as the answer of `authorize`. A boolean or a status is more likely
 * an answer meant for another library, and nothing at all a forgotten `return`: those need `allow`.
 */
export type PlainContext<Context> = Context extends
  | boolean
  | number
  | bigint
  | symbol
  | null
  | undefined
  // biome-ignore lint/suspicious/noConfusingVoidType: what a function without a return answers
  | void
  | { readonly status: number }
  | PromiseLike<unknown>
  ? never
  : Context

/** Marks what `allow` made, also in another copy of this package. */
const BRAND: unique symbol = Symbol.for('@wirebeat/core allowed')

/** A request that may come in, with the context of its connection. Made by `allow`. */
export interface Allowed<Context> extends Admittance<Context> {
  readonly [BRAND]: true
}

/** How a request is let in. */
export interface Admittance<Context> {
  readonly context: Context
  /** `undefined` where the option `protocols` of the endpoint decides. */
  readonly protocol?: string | undefined
  readonly headers?: ResponseHeaders
}

/** Options of {@link allow}. */
export interface AllowOptions {
  /**
   * Header fields of the response, which has the status 101: an object, `Headers`, a `Map` or pairs. For a cookie
   * that keeps a client at one server, say. Not those that make the handshake. A web page cannot read them.
   * Default: none.
   */
  readonly headers?: GivenHeaders
  /**
   * The subprotocol: one of those that the client offers, whether the endpoint lists it or not, or `''` for none.
   * Default: by the option `protocols` of the endpoint.
   */
  readonly protocol?: string
}

/** Makes the answer of `authorize` that admits a request, with the context `undefined`. */
export function allow(): Allowed<undefined>
/**
 * Makes the answer of `authorize` that admits a request.
 *
 * @param context the `context` of the connection; any value
 * @throws OptionError for a header that may not be in the response, or an unknown option.
 */
export function allow<Context>(context: Context, options?: AllowOptions): Allowed<Context>
export function allow(context?: unknown, options: AllowOptions = {}): Allowed<unknown> {
  checkObject('The second argument of allow', options)
  checkNames(options, ['headers', 'protocol'])
  const { headers = {}, protocol } = options
  if (protocol !== undefined && typeof protocol !== 'string') {
    throw wrongValue('protocol', protocol, 'a subprotocol that the client offers, or "" for none')
  }
  return { [BRAND]: true, context, headers: readHeaders(headers, HANDSHAKE_HEADERS), protocol }
}

/**
 * Reads the answer of `authorize`. Only a positive answer lets a request in.
 *
 * @param offered the subprotocols that the client offers
 * @throws TypeError for an answer that is neither a context nor a refusal, or that chooses a subprotocol which the
 * client does not offer.
 */
export function readAnswer<Context>(
  answer: AuthorizeAnswer<Context>,
  offered: readonly string[],
): Admittance<Context> | Refusal {
  if (isRefusal(answer)) return answer
  const value: unknown = answer
  if (isAllowed<Context>(value)) {
    const { protocol = '' } = value
    // Clients end a connection whose subprotocol they did not offer (RFC 6455, section 4.1). Names may be secrets.
    if (protocol === '' || offered.includes(protocol)) return value
    throw new TypeError(
      'allow must choose a subprotocol that the client offers. Take one of protocols, in the second argument of authorize.',
    )
  }
  // What is left of an answer is the context itself.
  if (isPlainContext(value)) return { context: value as Context }
  throw new TypeError(
    `authorize must return allow(context), a context that is an object or a text, or refuse(status), got ${describe(value)}. To let the request in, return allow(); to keep it out, return refuse(401).`,
  )
}

function isAllowed<Context>(value: unknown): value is Allowed<Context> {
  return typeof value === 'object' && value !== null && BRAND in value
}

function isPlainContext(value: unknown): boolean {
  if (typeof value === 'string') return value !== ''
  return typeof value === 'object' && value !== null && !hasStatus(value)
}

/** A `Response` has one, and so has what other libraries refuse with. */
function hasStatus(value: object): value is { readonly status: number } {
  return 'status' in value && typeof value.status === 'number'
}

function describe(value: unknown): string {
  const isStatus = typeof value === 'object' && value !== null && hasStatus(value)
  return isStatus ? `an object with the status ${value.status}` : show(value)
}
