import { type ClientHttp2Session, type ClientHttp2Stream, constants } from 'node:http2'
import { Duplex } from 'node:stream'
import { acceptValue } from './http.ts'

/** How much of what the server sends is read before somebody takes it, in bytes. */
const READ_AHEAD = 64 * 1024

/**
 * One stream of HTTP/2 as a socket of HTTP/1.1, for the cases of the battery. The request that is written first
 * becomes an extended CONNECT (RFC 8441) where it asks for a WebSocket. The response is told as HTTP/1.1 would say it,
 * and all that follows passes as it is.
 */
export class Http2Socket extends Duplex {
  readonly #session: ClientHttp2Session
  #head = ''
  #stream: ClientHttp2Stream | undefined
  /** Bytes of the body that are not sent yet. */
  #left = 0

  constructor(session: ClientHttp2Session, allowHalfOpen: boolean) {
    super({ allowHalfOpen, readableHighWaterMark: READ_AHEAD })
    this.#session = session
  }

  get remotePort(): number | undefined {
    return this.#session.socket.remotePort
  }

  setNoDelay(): void {}

  resetAndDestroy(): void {
    this.destroy()
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    if (this.#stream !== undefined) {
      this.#send(this.#stream, chunk, done)
      return
    }
    this.#head += chunk.toString('latin1')
    const end = this.#head.indexOf('\r\n\r\n')
    if (end < 0) {
      done()
      return
    }
    try {
      this.#stream = this.#request(this.#head.slice(0, end))
    } catch (error) {
      done(error as Error)
      return
    }
    const rest = Buffer.from(this.#head.slice(end + 4), 'latin1')
    if (rest.length > 0) this.#send(this.#stream, rest, done)
    else done()
  }

  override _final(done: () => void): void {
    this.#stream?.end()
    done()
  }

  override _read(): void {
    this.#stream?.resume()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#stream?.close(constants.NGHTTP2_CANCEL)
    done(error)
  }

  /** @throws Error for a request that cannot be said in HTTP/2. */
  #request(head: string): ClientHttp2Stream {
    const [line = '', ...lines] = head.split('\r\n')
    const [method = '', path = ''] = line.split(' ')
    const fields = new Map<string, string[]>()
    for (const text of lines) {
      const colon = text.indexOf(':')
      const name = text.slice(0, colon).toLowerCase()
      const value = text.slice(colon + 1).trim()
      fields.set(name, [...(fields.get(name) ?? []), value])
    }
    const asks = /\bwebsocket\b/i.test(String(fields.get('upgrade')))
    const [authority = '', ...hosts] = fields.get('host') ?? []
    const length = Number(fields.get('content-length')?.[0] ?? 0)
    const key = fields.get('sec-websocket-key')?.[0] ?? ''
    for (const name of ['host', 'upgrade', 'connection', 'sec-websocket-key']) fields.delete(name)
    if (hosts.length > 0) fields.set('host', hosts)
    const stream = this.#session.request(
      {
        ':method': asks ? 'CONNECT' : method,
        ':path': path,
        ':authority': authority,
        ...(asks && { ':protocol': 'websocket' }),
        ...Object.fromEntries(
          [...fields].map(([name, values]) => [name, values.length === 1 ? values[0] : values]),
        ),
      },
      { endStream: !asks && length === 0 },
    )
    this.#left = asks ? Number.POSITIVE_INFINITY : length
    this.#listen(stream, asks ? key : undefined)
    return stream
  }

  /** Writes to the stream, which ends with the body of a plain request. */
  #send(stream: ClientHttp2Stream, chunk: Buffer, done: () => void): void {
    this.#left -= chunk.length
    if (this.#left > 0) stream.write(chunk, done)
    else stream.end(chunk, done)
  }

  /** @param key that of a handshake */
  #listen(stream: ClientHttp2Stream, key: string | undefined): void {
    stream.on('response', (headers) => {
      const { ':status': status, ...fields } = headers
      const lines = Object.entries(fields).flatMap(([name, value]) =>
        [value].flat().map((one) => `${name}: ${one}\r\n`),
      )
      const isAccepted = status === 200 && key !== undefined
      if (isAccepted) {
        lines.push('Upgrade: websocket\r\nConnection: Upgrade\r\n')
        lines.push(`Sec-WebSocket-Accept: ${acceptValue(key)}\r\n`)
      }
      this.push(`HTTP/1.1 ${isAccepted ? 101 : status} Told\r\n${lines.join('')}\r\n`)
    })
    stream.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) stream.pause()
    })
    stream.on('end', () => this.push(null))
    stream.on('error', (error) => this.destroy(error))
    stream.on('close', () => this.destroy())
  }
}
