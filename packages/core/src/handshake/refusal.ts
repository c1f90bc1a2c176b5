import { wrongValue } from '../runtime/option-error.ts'
import { isToken } from './token.ts'

/** Why a request was refused. */
export type RefusalReason =
  | 'not-found'
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

/** Marks a refusal, also one that another copy of this package has made. */
const BRAND = Symbol.for('@wirebeat/core refusal')

/** Whether `authorize` has answered with a refusal. */
export function isRefusal(answer: unknown): answer is Refusal {
  return typeof answer === 'object' && answer !== null && BRAND in answer
}

/** The answer to a request that does not become a WebSocket. */
export class Refusal {
  readonly reason: RefusalReason
  /** The HTTP status code. */
  readonly status: number
  /** The words that go with it on the status line. */
  readonly statusText: string
  /** Without Content-Length and Connection, which the adapter sends. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string

  /** @param body the words of the status where it is `undefined` */
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
    this.headers = hasType ? headers : { 'Content-Type': 'text/plain; charset=utf-8', ...headers }
    this.body = body ?? this.statusText
    // Not enumerable: it is not part of what a refusal says.
    Object.defineProperty(this, BRAND, { value: true })
  }
}

/** The answer to a request that nobody wants, where there are no other routes. */
export const NOT_FOUND: Refusal = new Refusal('not-found', 404, 'Nothing is served at this path.')

/** What a refusal may carry beside its status. */
export interface RefuseOptions {
  readonly headers?: Readonly<Record<string, string>>
  /** Plain text, unless the headers say otherwise. Default: the words of the status. */
  readonly body?: string
}

/**
 * Makes the refusal that an `authorize` function returns to keep a request out.
 *
 * @param status 400 to 599. A browser shows its page none of it, only that connecting failed.
 * @throws OptionError for a status out of range, or a header that cannot stand in a response.
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

/** Headers that say where a response ends, which only the adapter can know. */
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
