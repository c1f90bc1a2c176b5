import { constants, type OutgoingHttpHeaders, type ServerHttp2Stream } from 'node:http2'
import { Duplex } from 'node:stream'
import { canonicalAddress, HeaderFields, type ReceivedRequest } from '@wirebeat/core/adapter'
import { clientCertificate } from './client-certificate.ts'

/** Whether a value is a stream of HTTP/2, which has no class that could be asked for. */
export function isHttp2Stream(value: unknown): value is ServerHttp2Stream {
  return value instanceof Duplex && 'respond' in value && 'session' in value
}

/** Reads the request of a stream, as the server was told it. */
export function requestOfStream(
  { session }: ServerHttp2Stream,
  rawHeaders: readonly string[],
): ReceivedRequest {
  const headers = new HeaderFields()
  const pseudo = new Map<string, string>()
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? ''
    const value = rawHeaders[index + 1] ?? ''
    if (name.startsWith(':')) pseudo.set(name, value)
    // Many clients send it beside :authority, which takes its place (RFC 9113, section 8.3.1).
    else if (name !== 'host' || value !== pseudo.get(':authority')) headers.add(name, value)
  }
  const authority = pseudo.get(':authority')
  if (authority !== undefined) headers.add('host', authority)
  return {
    method: pseudo.get(':method') ?? '',
    connectProtocol: pseudo.get(':protocol'),
    url: pseudo.get(':path') ?? '',
    httpVersion: '2.0',
    headers,
    remoteAddress: canonicalAddress(session?.socket.remoteAddress ?? ''),
    secure: session?.encrypted === true,
    clientCertificate: session && clientCertificate(session.socket),
  }
}

/**
 * Lets the first write, in which ws accepts a handshake of HTTP/1.1, be the response to an extended CONNECT (RFC
 * 8441, section 5).
 */
export function acceptAtFirstWrite(stream: ServerHttp2Stream): void {
  stream.write = (head: unknown) => {
    // What lies below is the stream's own method.
    Reflect.deleteProperty(stream, 'write')
    const [, ...lines] = String(head).trimEnd().split('\r\n')
    const fields = lines.map((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon), line.slice(colon + 1).trim()] as const
    })
    stream.respond({ ':status': 200, ...fieldsForHttp2(fields) })
    stream.on('finish', reset)
    writeInPieces(stream)
    return true
  }
}

/**
 * Ends a stream that the server has ended, which it does after the closing handshake or a fault. Not every client ends
 * its side: Firefox waits. The client need not send the rest (RFC 9113, section 8.1).
 */
function reset(this: ServerHttp2Stream): void {
  this.close()
}

/** What is about a connection of HTTP/1.1, and may not be said over HTTP/2 (RFC 9113, section 8.2.2). */
const OF_HTTP1: ReadonlySet<string> = new Set([
  'connection',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'sec-websocket-accept',
  'te',
  'transfer-encoding',
  'upgrade',
])

/** Header fields of a response, as node:http2 takes them. */
export function fieldsForHttp2(
  lines: readonly (readonly [name: string, value: string])[],
): OutgoingHttpHeaders {
  const fields = new Map<string, string | string[]>()
  for (const [written, value] of lines) {
    const name = written.toLowerCase()
    if (OF_HTTP1.has(name)) continue
    const before = fields.get(name)
    // A cookie cannot stand in a list (RFC 6265, section 3).
    if (name === 'set-cookie') fields.set(name, [...(before ?? []), value])
    else fields.set(name, before === undefined ? value : `${before}, ${value}`)
  }
  return Object.fromEntries(fields)
}

/** Resets a stream of HTTP/2 as the standard asks for what resets a socket (RFC 8441, section 5). */
export function cancelStream(stream: Duplex): void {
  if (isHttp2Stream(stream)) stream.close(constants.NGHTTP2_CANCEL)
}

/**
 * Bytes that are handed to HTTP/2 at once. Enough for most messages, and no more than a client whose window is the
 * default tells of at once that it has taken them.
 */
const PIECE = 32 * 1024

/**
 * Lets what waits in a stream fall while the client takes it. By itself Node hands over all that waits as one batch,
 * and counts the batch until its last byte is taken; it cannot be asked how much of it is left.
 */
function writeInPieces(stream: ServerHttp2Stream): void {
  stream.write = writePieces
  Object.defineProperty(stream, '_writev', BATCH_OF_ONE_PIECE)
}

// Shared by all streams.

function writePieces(this: Duplex, chunk: unknown, ...rest: unknown[]): boolean {
  let start = 0
  if (chunk instanceof Uint8Array) {
    for (; chunk.length - start > PIECE; start += PIECE) {
      Reflect.apply(Duplex.prototype.write, this, [chunk.subarray(start, start + PIECE)])
    }
  }
  const last = chunk instanceof Uint8Array && start > 0 ? chunk.subarray(start) : chunk
  return Reflect.apply(Duplex.prototype.write, this, [last, ...rest])
}

/** Where a stream has no `_writev`, each chunk is handed over by itself. */
const BATCH_OF_ONE_PIECE: PropertyDescriptor & ThisType<Duplex> = {
  get() {
    return this.writableLength <= PIECE ? writeFilled : null
  },
}

/** Chunks that a stream hands over together. Node has to be told when no string is among them. */
type Batch = { readonly chunk: Uint8Array | string }[] & { allBuffers?: boolean | undefined }

/**
 * Writes a batch without its empty chunks. Node counts a batch as done when its last chunk is, and an empty chunk is
 * done when HTTP/2 asks for more bytes. By then the chunks before it are only listed, and not yet given to the socket
 * (node_http2.cc, `Http2Stream::Provider::Stream::OnRead()`, Node 20 to 26). Node lets go of their memory, and what
 * is in it when the socket reads it is sent.
 */
function writeFilled(this: Duplex, chunks: Batch, done: (error?: Error | null) => void): void {
  const filled: Batch = chunks.filter(({ chunk }) => chunk.length > 0)
  filled.allBuffers = chunks.allBuffers
  Object.getPrototypeOf(this)._writev.call(this, filled.length > 0 ? filled : chunks, done)
}
