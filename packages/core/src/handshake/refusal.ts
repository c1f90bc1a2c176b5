import { checkNames, checkObject, OptionError, wrongValue } from '../runtime/option-error.ts'
import {
  FRAMING_HEADERS,
  type GivenHeaders,
  type ResponseHeaders,
  readHeaders,
} from './response-headers.ts'

/** Why a request was refused. `docs/errors.md` lists the status and the message of each. */
export type RefusalReason =
  | 'not-websocket'
  | 'method'
  | 'version'
  | 'malformed'
  | 'host'
  | 'shutting-down'
  | 'full'
  | 'address-limit'
  | 'handshake-limit'
  | 'origin'
  | 'unauthorized'
  | 'timeout'
  | 'error'
  | 'transport'

const STATUS_TEXT: Readonly<Record<number, string>> = {
  200: 'OK',
  202: 'Accepted',
  204: 'No Content',
  301: 'Moved Permanently',
  302: 'Found',
  303: 'See Other',
  307: 'Temporary Redirect',
  308: 'Permanent Redirect',
  400: 'Bad Request',
  401: 'Unauthorized',
  402: 'Payment Required',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  409: 'Conflict',
  410: 'Gone',
  413: 'Content Too Large',
  421: 'Misdirected Request',
  426: 'Upgrade Required',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  451: 'Unavailable For Legal Reasons',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
}

/** The reason phrase of a status (RFC 9110, section 15). */
export function statusText(status: number): string {
  return STATUS_TEXT[status] ?? (status < 300 ? 'OK' : 'Refused')
}

/** Marks a refusal. The same symbol in every copy of this package. */
const BRAND = Symbol.for('@wirebeat/core refusal')

/** Whether an answer of `authorize` is a refusal, made by any copy of this package. */
export function isRefusal(answer: unknown): answer is Refusal {
  return typeof answer === 'object' && answer !== null && BRAND in answer
}

/** An HTTP response that an adapter sends in place of a WebSocket. */
export interface PlainResponse {
  /** The HTTP status code. */
  readonly status: number
  /** The reason phrase of the status line, such as `Forbidden`. */
  readonly statusText: string
  /** The header fields, without Content-Length and Connection. The adapter adds these. */
  readonly headers: ResponseHeaders
  readonly body: string
}

const PLAIN_TEXT = { 'Content-Type': 'text/plain; charset=utf-8' } as const

/** The HTTP response to a request that does not become a WebSocket. */
export class Refusal implements PlainResponse {
  readonly reason: RefusalReason
  readonly status: number
  readonly statusText: string
  readonly headers: ResponseHeaders
  readonly body: string

  /** @param body plain text, unless the headers say otherwise. `undefined` for the reason phrase. */
  constructor(
    reason: RefusalReason,
    status: number,
    body: string | undefined,
    headers: ResponseHeaders = {},
  ) {
    this.reason = reason
    this.status = status
    this.statusText = statusText(status)
    this.headers = hasHeader(headers, 'content-type') ? headers : { ...PLAIN_TEXT, ...headers }
    this.body = body ?? this.statusText
    // Not enumerable, so that it is not printed.
    Object.defineProperty(this, BRAND, { value: true })
  }
}

/** The refusal of a request by what answers plain requests, or by whom a WebSocket is claimed. */
export function transportRefusal(status: number, body: string, headers?: ResponseHeaders): Refusal {
  return new Refusal('transport', status, body, headers)
}

/** The response to a request that neither an endpoint nor a route of the server answers. */
export const NOT_FOUND: PlainResponse = {
  status: 404,
  statusText: 'Not Found',
  headers: PLAIN_TEXT,
  body: 'Nothing is served at this path.',
}

/** Options of {@link refuse}. */
export interface RefuseOptions {
  /** Header fields of the response: an object, `Headers`, a `Map` or pairs. Default: none. */
  readonly headers?: GivenHeaders
  /** The body: plain text, unless the headers say otherwise. Default: the words of the status. */
  readonly body?: string
}

/**
 * Makes a refusal, which an `authorize` function returns to refuse a request.
 *
 * @param status the HTTP status: 400 to 599, or 301, 302, 303, 307 or 308 with a Location header. A browser follows
 * no redirect, and tells its page only that connecting failed.
 * @throws OptionError for another status, a redirect without Location, a body that is not a string, a header that may
 * not be in the response, or an unknown option.
 */
export function refuse(status: number, options: RefuseOptions = {}): Refusal {
  checkObject('The second argument of refuse', options)
  checkNames(options, ['headers', 'body'])
  const isRedirect = REDIRECTS.includes(status)
  if (!isRedirect && (!Number.isInteger(status) || status < 400 || status > 599)) {
    const allowed = `a whole number from 400 to 599, or ${REDIRECTS.join(', ')} with a Location header`
    throw wrongValue('status', status, allowed)
  }
  const { headers: given = {}, body } = options
  const headers = readHeaders(given, FRAMING_HEADERS)
  if (isRedirect && !hasHeader(headers, 'location')) {
    const problem = `headers must have a Location where the status is ${status}, got none.`
    throw new OptionError('headers', `${problem} Name the URL that the client is to connect to.`)
  }
  if (body !== undefined && typeof body !== 'string') {
    throw wrongValue('body', body, 'a string')
  }
  return new Refusal('unauthorized', status, body, headers)
}

/** The statuses that send a client to another URL (RFC 9110, section 15.4). */
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308]

function hasHeader(headers: ResponseHeaders, lowerName: string): boolean {
  return Object.keys(headers).some((name) => name.toLowerCase() === lowerName)
}
