/**
 * The header fields of one request. Names are matched without regard to case; the values of a field
 * that came more than once are joined by a comma (RFC 9110, section 5.2), those of Cookie by a
 * semicolon (RFC 9113, section 8.2.3).
 */
export interface RequestHeaders {
  /** The value of a field, or `undefined` where the request has none of that name. */
  get(name: string): string | undefined
  /** How many field lines came. */
  readonly lines: number
  /** All fields, with lower-case names. */
  entries(): IterableIterator<[string, string]>
}

/** Header fields as an adapter collects them. */
export class HeaderFields implements RequestHeaders {
  readonly #fields = new Map<string, string>()
  #lines = 0

  /** Adds one field line. */
  add(name: string, value: string): void {
    this.#lines++
    const key = name.toLowerCase()
    const before = this.#fields.get(key)
    if (before === undefined) this.#fields.set(key, value)
    else this.#fields.set(key, `${before}${key === 'cookie' ? '; ' : ', '}${value}`)
  }

  get(name: string): string | undefined {
    return this.#fields.get(name.toLowerCase())
  }

  get lines(): number {
    return this.#lines
  }

  entries(): IterableIterator<[string, string]> {
    return this.#fields.entries()
  }
}

/** A request as an adapter hands it over: what the connection that it came on shows. */
export interface ReceivedRequest {
  /** As on the request line, in capitals. */
  readonly method: string
  /** The path, with the query where there is one. */
  readonly url: string
  readonly headers: RequestHeaders
  /** The peer's address in canonical form; empty where it has none, as on a Unix socket. */
  readonly remoteAddress: string
  /** Whether the request came over TLS. */
  readonly secure: boolean
}

/**
 * A request that wants to become a WebSocket, as the client sent it: behind proxies that
 * `trustedProxies` names, the address, `secure` and the host are what these tell.
 */
export interface HandshakeRequest extends ReceivedRequest {
  /** The host, with a port where it is not the scheme's own; empty where there is none. */
  readonly host: string
}

/** The path of a request target without its query, whether it came in origin or in absolute form. */
export function pathOf(url: string): string {
  const [path = ''] = url.split(/[?#]/, 1)
  if (path.startsWith('/')) return path
  return path.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, '') || '/'
}
