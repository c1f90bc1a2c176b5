import { type Allowed, allow, type HandshakeRequest, type Refusal, refuse } from '@wirebeat/core'

const TOKEN = 'probe.'
const BEARER = 'Bearer '

/** Who has come, and with what request. */
export class Visitor {
  /** The name in the token, if there is one. */
  readonly name: string | undefined
  readonly #request: HandshakeRequest
  readonly #query: URLSearchParams

  constructor(request: HandshakeRequest) {
    const [, query = ''] = request.url.split('?')
    this.#request = request
    this.#query = new URLSearchParams(query)
    const authorization = request.headers.get('authorization')
    const token =
      authorization === undefined
        ? this.query('access_token')
        : authorization.startsWith(BEARER)
          ? authorization.slice(BEARER.length)
          : null
    this.name = token?.startsWith(TOKEN) ? token.slice(TOKEN.length) : undefined
  }

  /** The `user` in the query, else the name in the token. Nobody has an empty name. */
  get userId(): string | undefined {
    return (this.query('user') ?? this.name) || undefined
  }

  header(name: string): string | null {
    return this.#request.headers.get(name) ?? null
  }

  query(name: string): string | null {
    const wanted = name.toLowerCase()
    for (const [key, value] of this.#query) if (key.toLowerCase() === wanted) return value
    return null
  }
}

/** Lets everybody in. */
export function anybody(request: HandshakeRequest): Allowed<Visitor> {
  return allow(new Visitor(request))
}

/** Lets those in who have a token. */
export function known(request: HandshakeRequest): Allowed<Visitor> | Refusal {
  const visitor = new Visitor(request)
  return visitor.name === undefined ? refuse(401) : allow(visitor)
}
