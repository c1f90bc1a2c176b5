import type { HandshakeRequest } from '../address/request.ts'
import type { CancellationSignal } from '../runtime/cancellation.ts'
import { show } from '../runtime/show.ts'
import { isRefusal, type Refusal } from './refusal.ts'

/**
 * Decides about one request. It admits the request by returning `allow(context)`, or the context itself if
 * that is an object or a text, and refuses it by returning or throwing `refuse(status)`. Any other answer
 * refuses with 500, and `onError` is told what to return.
 */
export type Authorize<Context> = (
  request: HandshakeRequest,
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
export interface Allowed<Context> {
  readonly [BRAND]: true
  readonly context: Context
}

/** Makes the answer of `authorize` that admits a request, with the context `undefined`. */
export function allow(): Allowed<undefined>
/**
 * Makes the answer of `authorize` that admits a request.
 *
 * @param context the `context` of the connection; any value
 */
export function allow<Context>(context: Context): Allowed<Context>
export function allow(context?: unknown): Allowed<unknown> {
  return { [BRAND]: true, context }
}

/**
 * Reads the answer of `authorize`. Only a positive answer lets a request in.
 *
 * @throws TypeError for an answer that is neither a context nor a refusal.
 */
export function readAnswer<Context>(
  answer: AuthorizeAnswer<Context>,
): { readonly context: Context } | Refusal {
  if (isRefusal(answer)) return answer
  const value: unknown = answer
  if (isAllowed<Context>(value)) return value
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
