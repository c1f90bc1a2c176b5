import type { HandshakeRequest } from '@wirebeat/core'
import type { RequestHead } from './client-request.ts'

type Fields = Readonly<Record<string, string>>

/** Seconds for which a browser need not ask again. */
const MAX_AGE = '600'

/**
 * What lets a page of another origin read an answer (the Fetch standard, CORS protocol). The endpoint has allowed the
 * origin before. Clients send credentials, so that it must be named.
 */
export function crossOriginFields({ headers }: Pick<RequestHead, 'headers'>): Fields {
  const origin = headers.get('origin')
  if (origin === undefined) return {}
  return {
    'Access-Control-Allow-Origin': origin,
    'Access-Control-Allow-Credentials': 'true',
    Vary: 'Origin',
  }
}

/**
 * Header fields of an answer, with those of `crossOriginFields`. They are made once for all requests of one origin that follow
 * one another.
 */
export class AnswerFields {
  readonly #fields: Fields
  #origin: string | undefined
  #made: Fields

  constructor(fields: Fields) {
    this.#fields = fields
    this.#made = fields
  }

  for(request: Pick<RequestHead, 'headers'>): Fields {
    const origin = request.headers.get('origin')
    if (origin !== this.#origin) {
      this.#origin = origin
      this.#made = { ...this.#fields, ...crossOriginFields(request) }
    }
    return this.#made
  }
}

/** The answer to a browser that asks what a page may send, or `undefined` for another request. */
export function preflightFields(request: HandshakeRequest): Fields | undefined {
  const { method, headers } = request
  const isPreflight =
    method === 'OPTIONS' &&
    headers.get('origin') !== undefined &&
    headers.get('access-control-request-method') !== undefined
  if (!isPreflight) return undefined
  return {
    ...crossOriginFields(request),
    'Access-Control-Allow-Methods': 'GET, POST, DELETE',
    'Access-Control-Allow-Headers': headers.get('access-control-request-headers') ?? '',
    'Access-Control-Max-Age': MAX_AGE,
    Vary: 'Origin, Access-Control-Request-Headers',
  }
}
