import { createHash, randomBytes } from 'node:crypto'

/** A response as it came over the wire. */
export interface HttpResponse {
  readonly status: number
  /** Names in lower case; a header that came twice is joined by a comma. */
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
}

/**
 * A handshake request (RFC 6455, section 4.1), right unless something is changed. Its Host names no
 * port, as behind a proxy.
 */
export interface HandshakeOptions {
  /** Default: `GET`. */
  readonly method?: string
  /** With the query, if any. Default: `/ws`. */
  readonly path?: string
  /** Sent as the Origin header; a list is sent as several headers. Default: none. */
  readonly origin?: string | readonly string[]
  /** Sent as the Sec-WebSocket-Protocol header. Default: none. */
  readonly protocols?: string
  /**
   * Replaces the header of the same name, in whatever case the name is written, or adds it. A list
   * is sent as several headers, `null` leaves the header out.
   */
  readonly headers?: Readonly<Record<string, string | readonly string[] | null>>
}

/** A request, ready to be sent, with the key that it holds. */
export interface HandshakeRequest {
  readonly text: string
  readonly key: string
}

/** Writes the handshake request. */
export function handshakeRequest(options: HandshakeOptions = {}): HandshakeRequest {
  const key = randomBytes(16).toString('base64')
  const lines = new Map<string, readonly [name: string, value: string | readonly string[] | null]>()
  const set = (name: string, value: string | readonly string[] | null): void => {
    lines.set(name.toLowerCase(), [name, value])
  }
  set('Host', '127.0.0.1')
  set('Upgrade', 'websocket')
  set('Connection', 'Upgrade')
  set('Sec-WebSocket-Key', key)
  set('Sec-WebSocket-Version', '13')
  if (options.origin !== undefined) set('Origin', options.origin)
  if (options.protocols !== undefined) set('Sec-WebSocket-Protocol', options.protocols)
  for (const [name, value] of Object.entries(options.headers ?? {})) set(name, value)

  let text = `${options.method ?? 'GET'} ${options.path ?? '/ws'} HTTP/1.1\r\n`
  for (const [name, value] of lines.values()) {
    for (const single of typeof value === 'string' ? [value] : (value ?? [])) {
      text += `${name}: ${single}\r\n`
    }
  }
  const sentKey = lines.get('sec-websocket-key')?.[1]
  return { text: `${text}\r\n`, key: typeof sentKey === 'string' ? sentKey : key }
}

/** The Sec-WebSocket-Accept value that answers a key (RFC 6455, section 4.2.2). */
export function acceptValue(key: string): string {
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
}

/**
 * Reads a response from the front of `bytes`.
 *
 * @param ended whether nothing more will come; a body without a length ends there
 * @returns the response and the bytes behind it, or nothing while it is not whole
 */
export function readResponse(
  bytes: Buffer,
  ended: boolean,
): { readonly response: HttpResponse; readonly rest: Buffer } | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n')
  if (headEnd < 0) return undefined
  const [statusLine = '', ...headerLines] = bytes.toString('latin1', 0, headEnd).split('\r\n')
  const status = Number(/^HTTP\/1\.1 (\d{3})(?: |$)/.exec(statusLine)?.[1])
  if (Number.isNaN(status)) throw new Error(`not a status line of HTTP/1.1: ${statusLine}`)

  const headers = new Map<string, string>()
  for (const line of headerLines) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).toLowerCase()
    const value = line.slice(colon + 1).trim()
    const before = headers.get(name)
    headers.set(name, before === undefined ? value : `${before}, ${value}`)
  }

  const behindHead = bytes.subarray(headEnd + 4)
  const read = isChunked(headers)
    ? readChunks(behindHead)
    : readBody(behindHead, bodyLength(status, headers, behindHead.length, ended))
  if (read === undefined) return undefined
  return { response: { status, headers, body: read.body.toString() }, rest: read.rest }
}

interface Body {
  readonly body: Buffer
  readonly rest: Buffer
}

function readBody(bytes: Buffer, length: number): Body | undefined {
  if (length > bytes.length) return undefined
  return { body: bytes.subarray(0, length), rest: bytes.subarray(length) }
}

function bodyLength(
  status: number,
  headers: ReadonlyMap<string, string>,
  available: number,
  ended: boolean,
): number {
  if (status < 200 || status === 204) return 0
  const length = headers.get('content-length')
  if (length !== undefined) return Number(length)
  return ended ? available : Number.POSITIVE_INFINITY
}

function isChunked(headers: ReadonlyMap<string, string>): boolean {
  return headers.get('transfer-encoding')?.toLowerCase() === 'chunked'
}

/** Reads a body in chunks, without trailers (RFC 9112, section 7.1). */
function readChunks(bytes: Buffer): Body | undefined {
  const chunks: Buffer[] = []
  for (let at = 0; ; ) {
    const sizeEnd = bytes.indexOf('\r\n', at)
    if (sizeEnd < 0) return undefined
    const size = Number.parseInt(bytes.toString('latin1', at, sizeEnd), 16)
    const start = sizeEnd + 2
    at = start + size + 2
    if (at > bytes.length) return undefined
    if (size === 0) return { body: Buffer.concat(chunks), rest: bytes.subarray(at) }
    chunks.push(bytes.subarray(start, start + size))
  }
}
