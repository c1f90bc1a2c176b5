import type { PathParams } from './path.ts'

/**
 * The header fields of one request. Names are not case-sensitive. The values of a field that was sent more
 * than once are joined by a comma (RFC 9110, section 5.2), those of Cookie by a semicolon (RFC 9113, section
 * 8.2.3). `new Headers([...request.headers])` makes what libraries for the web want.
 */
export interface RequestHeaders extends Iterable<[name: string, value: string]> {
  /** The value of a field, or `undefined` when the request does not have it. */
  get(name: string): string | undefined
  /** The number of field lines of the request. */
  readonly lines: number
  /** All fields, with lower-case names. */
  entries(): IterableIterator<[string, string]>
}

/** Header fields as an adapter collects them. */
export class HeaderFields implements RequestHeaders {
  /** Names and values in turns, as they came: most of them are never asked for. */
  readonly #sent: string[]

  /** @param sent names and values in turns, which belong to this object from now on */
  constructor(sent: string[] = []) {
    this.#sent = sent
  }

  /** Adds one field line. */
  add(name: string, value: string): void {
    this.#sent.push(name, value)
  }

  get(name: string): string | undefined {
    const sent = this.#sent
    // Made where it is needed: V8 makes a string also of a name that is in lower case.
    let key: string | undefined
    let value: string | undefined
    for (let index = 0; index < sent.length; index += 2) {
      const other = sent[index] ?? ''
      // Most names differ in length.
      if (other.length !== name.length) continue
      if (other !== name) {
        key ??= name.toLowerCase()
        if (other.toLowerCase() !== key) continue
      }
      value = joined(name, value, sent[index + 1] ?? '')
    }
    return value
  }

  get lines(): number {
    return this.#sent.length / 2
  }

  entries(): IterableIterator<[string, string]> {
    const fields = new Map<string, string>()
    for (let index = 0; index < this.#sent.length; index += 2) {
      const key = (this.#sent[index] ?? '').toLowerCase()
      fields.set(key, joined(key, fields.get(key), this.#sent[index + 1] ?? ''))
    }
    return fields.entries()
  }

  [Symbol.iterator](): IterableIterator<[string, string]> {
    return this.entries()
  }
}

/** The value of a field with one line more. */
function joined(name: string, before: string | undefined, value: string): string {
  if (before === undefined) return value
  return `${before}${name.toLowerCase() === 'cookie' ? '; ' : ', '}${value}`
}

/** What a certificate says (RFC 5280). `X509Certificate` of `node:crypto` has these members. */
export interface ClientCertificate {
  /** Whom it is for, one attribute a line, such as `CN=device-7`. */
  readonly subject: string
  /** Other names of whom it is for, such as `DNS:a.example, DNS:b.example`. */
  readonly subjectAltName: string | undefined
  /** Who has signed it, written like `subject`. */
  readonly issuer: string
  /** The number that the issuer has given it, in hexadecimal. */
  readonly serialNumber: string
  /** The SHA-256 of it, as in `AB:CD:…`. */
  readonly fingerprint256: string
  /** The certificate itself, in DER. */
  readonly raw: Uint8Array
}

/** A request as an adapter receives it. Headers of proxies are not taken into account. */
export interface ReceivedRequest {
  /** The method, as the client has written it: `GET`, or `CONNECT` for a WebSocket over HTTP/2. */
  readonly method: string
  /** The `:protocol` of an extended CONNECT over HTTP/2 (RFC 8441, section 4). `undefined` for other requests. */
  readonly connectProtocol?: string | undefined
  /** The request target: the path, and the query if there is one. */
  readonly url: string
  /** The version of HTTP, such as `1.0` or `2.0`. Left out, it is 1.1. */
  readonly httpVersion?: string
  /** The header fields. The `:authority` of HTTP/2 is the field Host. */
  readonly headers: RequestHeaders
  /** The address of the client in canonical form. Empty on a Unix socket. */
  readonly remoteAddress: string
  /** Whether the request was made over TLS. */
  readonly secure: boolean
  /**
   * The address that came before the request by the PROXY protocol, unchecked. Only where `proxyProtocol` of the
   * endpoint asks for it; empty or left out when none came.
   */
  readonly proxiedAddress?: string
  /**
   * The certificate that the client has shown, where the server asks for one and has verified it: by `requestCert` and
   * `ca` of `node:https`, or by `ca_file_name` of uWebSockets.js. Left out otherwise, also for one that could not be
   * verified.
   */
  readonly clientCertificate?: ClientCertificate | undefined
}

/**
 * A request for a WebSocket, as the client has made it. Behind proxies that `trustedProxies` lists, the
 * address, the host and `secure` are those that the proxies report, and there is no `clientCertificate`: it would be
 * that of the proxy.
 */
export interface HandshakeRequest<Params = PathParams> extends ReceivedRequest {
  /** The host, with the port unless it is the default one of the scheme. Empty without a Host header. */
  readonly host: string
  /** The version of HTTP, such as `1.1`. */
  readonly httpVersion: string
  /**
   * The parameters of the endpoint's path, decoded: `{ id: 'a/b' }` for `/rooms/:id` and `/rooms/a%2Fb`. A client
   * chooses them freely, so check one before it becomes the name of a file.
   */
  readonly params: Params
}
