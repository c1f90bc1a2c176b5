import { wrongValue } from '../runtime/option-error.ts'
import { isToken } from './token.ts'

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

const STATUS_TEXT: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  402: 'Payment Required',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  410: 'Gone',
  421: 'Misdirected Request',
  426: 'Upgrade Required',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  451: 'Unavailable For Legal Reasons',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
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
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const PLAIN_TEXT = { 'Content-Type': 'text/plain; charset=utf-8' } as const

/** The HTTP response to a request that does not become a WebSocket. */
export class Refusal implements PlainResponse {
  readonly reason: RefusalReason
  readonly status: number
  readonly statusText: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string

  /** @param body plain text, unless the headers say otherwise. `undefined` for the reason phrase. */
  constructor(
    reason: RefusalReason,
    status: number,
    body: string | undefined,
    headers: Readonly<Record<string, string>> = {},
  ) {
    const hasType = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type')
    this.reason = reason
    this.status = status
    this.statusText = STATUS_TEXT[status] ?? 'Refused'
    this.headers = hasType ? headers : { ...PLAIN_TEXT, ...headers }
    this.body = body ?? this.statusText
    // Not enumerable, so that it is not printed.
    Object.defineProperty(this, BRAND, { value: true })
  }
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
  /** Header fields of the response. Default: none. */
  readonly headers?: Readonly<Record<string, string>>
  /** The body: plain text, unless the headers say otherwise. Default: the words of the status. */
  readonly body?: string
}

/**
 * Makes a refusal, which an `authorize` function returns to refuse a request.
 *
 * @param status the HTTP status, 400 to 599. A browser tells its page only that connecting failed.
 * @throws OptionError for a status out of range, a body that is not a string, or a header that may not be in
 * the response.
 */
export function refuse(status: number, { headers = {}, body }: RefuseOptions = {}): Refusal {
  if (!Number.isInteger(status) || status < 400 || status > 599) {
    throw wrongValue('status', status, 'a whole number from 400 to 599')
  }
  for (const [name, value] of Object.entries(headers)) checkHeader(name, value)
  if (body !== undefined && typeof body !== 'string') {
    throw wrongValue('body', body, 'a string')
  }
  return new Refusal('unauthorized', status, body, headers)
}

/** Headers that only the adapter can set, because they say where the response ends. */
const FRAMING_HEADERS: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'transfer-encoding',
  'upgrade',
])

function checkHeader(name: string, value: unknown): void {
  if (!isToken(name) || FRAMING_HEADERS.has(name.toLowerCase())) {
    const allowed = `a token (RFC 9110, section 5.6.2) other than ${[...FRAMING_HEADERS].join(', ')}`
    throw wrongValue('header name', name, allowed)
  }
  // Latin-1 without control characters, the tab excepted (RFC 9110, section 5.5).
  if (typeof value !== 'string' || !/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) {
    const allowed = 'a string of visible Latin-1 characters, spaces and tabs'
    throw wrongValue(`header ${name}`, value, allowed)
  }
}
