import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ServerHttp2Stream } from 'node:http2'
import type { Duplex, Readable, Writable } from 'node:stream'
import {
  type BodyReader,
  type Bytes,
  bytesOf,
  fieldLines,
  type HttpExchange,
  type HttpHead,
  type HttpStream,
  type SendResult,
} from '@wirebeat/core/adapter'
import { fieldsForHttp2 } from './http2-stream.ts'
import { forgetPeerName } from './peer-address.ts'
import { waitingBelow } from './write-queue-size.ts'

/** The code with which a stream of HTTP/2 ends where nothing is wrong (RFC 9113, section 7). */
const NO_ERROR = 0

/** Disconnects a client after a while, and returns what to call when that is not needed any more. */
type Linger = (disconnect: () => void) => () => void

/** A plain request over HTTP/1.1. */
export class RequestExchange implements HttpExchange {
  readonly #request: IncomingMessage
  readonly #response: ServerResponse
  readonly #linger: Linger
  readonly #awaitsContinue: boolean

  /** @param awaitsContinue whether the client waits for a 100, which Node has not sent */
  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    linger: Linger,
    awaitsContinue: boolean,
  ) {
    this.#request = request
    this.#response = response
    this.#linger = linger
    this.#awaitsContinue = awaitsContinue
    // The client may go away at any time, which 'close' tells.
    request.on('error', ignore)
    response.on('error', ignore)
  }

  read(reader: BodyReader): void {
    if (this.#awaitsContinue) this.#response.writeContinue()
    readInto(this.#request, reader)
  }

  respond(head: HttpHead, body: string | Bytes, taken?: () => void): void {
    // Of the rest of a body, Node reads and drops what comes, but waits for it for ever.
    if (!this.#request.complete) {
      this.#request.once(
        'close',
        this.#linger(() => this.#request.socket.destroy()),
      )
    }
    this.#writeHead(head, lengthOf(head, body))
    if (taken !== undefined) onceTaken(this.#response, this.#request.socket, taken)
    this.#response.end(typeof body === 'string' ? body : bytesOf(body))
  }

  terminate(): void {
    if (!this.#response.writableFinished) disconnect(this.#request.socket)
  }

  stream(head: HttpHead, drained: () => void): HttpStream {
    this.#writeHead(head, [])
    this.#response.flushHeaders()
    forgetPeerName(this.#request.socket)
    return new BodyStream(this.#response, this.#request.socket, drained)
  }

  onGone(listener: () => void): void {
    let isTaken = false
    onceTaken(this.#response, this.#request.socket, () => {
      isTaken = true
    })
    this.#response.on('close', () => {
      if (!isTaken) listener()
    })
  }

  #writeHead({ status, statusText, headers }: HttpHead, more: readonly string[]): void {
    // Names and values in turns, which Node takes as they are.
    const fields: string[] = []
    for (const name of Object.keys(headers)) {
      const value = headers[name] ?? ''
      if (typeof value === 'string') fields.push(name, value)
      else for (const one of value) fields.push(name, one)
    }
    fields.push(...more)
    this.#response.writeHead(status, statusText, fields)
  }
}

/** A plain request over HTTP/2. */
export class StreamExchange implements HttpExchange {
  readonly #stream: ServerHttp2Stream
  #isTerminated = false
  readonly #linger: Linger
  readonly #awaitsContinue: boolean

  constructor(stream: ServerHttp2Stream, linger: Linger, awaitsContinue: boolean) {
    this.#stream = stream
    this.#linger = linger
    this.#awaitsContinue = awaitsContinue
    stream.on('error', ignore)
  }

  read(reader: BodyReader): void {
    if (this.#awaitsContinue) this.#stream.additionalHeaders({ ':status': 100 })
    readInto(this.#stream, reader)
  }

  respond(head: HttpHead, body: string | Bytes, taken?: () => void): void {
    const stream = this.#stream
    if (!this.#writeHead(head, lengthOf(head, body))) return
    if (taken !== undefined) {
      // Node does not finish a stream that both sides have ended, and closes it without an error.
      stream.once('close', () => {
        if (stream.rstCode === NO_ERROR && !this.#isTerminated) taken()
      })
    }
    if (!stream.writableEnded) stream.end(typeof body === 'string' ? body : bytesOf(body))
    if (stream.readableEnded) return
    // Nothing more of the body is wanted (RFC 9113, section 8.1), and a client may take its time to stop.
    stream.once(
      'close',
      this.#linger(() => stream.destroy()),
    )
    stream.resume()
  }

  terminate(): void {
    this.#isTerminated = true
    disconnect(this.#stream)
  }

  stream(head: HttpHead, drained: () => void): HttpStream {
    this.#writeHead(head, [])
    return new BodyStream(this.#stream, this.#stream, drained)
  }

  onGone(listener: () => void): void {
    const stream = this.#stream
    stream.once('close', () => {
      // Node ends what it writes to a stream that the client resets, so that it looks finished.
      if (stream.aborted || !stream.writableFinished) listener()
    })
  }

  /** Returns `false` for a stream that was reset. */
  #writeHead(
    { status, headers }: HttpHead,
    more: readonly [string, string] | readonly [],
  ): boolean {
    if (this.#stream.destroyed) return false
    const fields = fieldsForHttp2([...fieldLines(headers), ...(more.length === 2 ? [more] : [])])
    this.#stream.respond({ ':status': status, ...fields })
    return true
  }
}

/** The body of an answer that goes on. */
class BodyStream implements HttpStream {
  readonly #writable: Writable
  /** What the bytes go through below. */
  readonly #below: Duplex
  #isBacklogged = false

  constructor(writable: Writable, below: Duplex, drained: () => void) {
    this.#writable = writable
    this.#below = below
    writable.on('drain', () => {
      if (!this.#isBacklogged || writable.writableNeedDrain) return
      this.#isBacklogged = false
      drained()
    })
  }

  get bufferedAmount(): number {
    return this.#writable.destroyed ? 0 : this.#writable.writableLength
  }

  get backlog(): number {
    return this.bufferedAmount + waitingBelow(this.#below)
  }

  write(chunk: string | Bytes): SendResult {
    const writable = this.#writable
    if (writable.destroyed || writable.writableEnded) return 'closed'
    const isTaken = writable.write(typeof chunk === 'string' ? chunk : bytesOf(chunk))
    if (isTaken) return 'sent'
    this.#isBacklogged = true
    return 'queued'
  }

  end(taken?: () => void): void {
    const writable = this.#writable
    if (writable.destroyed || writable.writableEnded) return
    if (taken !== undefined) onceTaken(writable, this.#below, taken)
    writable.end()
  }

  terminate(): void {
    disconnect(this.#below)
  }
}

/** Calls `taken` once the network has all of an answer that has ended. */
function onceTaken(writable: Writable, below: Duplex, taken: () => void): void {
  writable.once('finish', () => {
    // Node also finishes what it writes to a socket that is gone, and to a stream of HTTP/2 that the client resets.
    const isGone = 'aborted' in below ? below.aborted : below.destroyed
    if (!isGone) taken()
  })
}

/** What was written leaves as far as the network takes it at once. */
function disconnect(socket: Duplex): void {
  // Node keeps what was written in this turn until its end.
  while (socket.writableCorked > 0) socket.uncork()
  socket.destroy()
}

function readInto(body: Readable, reader: BodyReader): void {
  body.on('data', (chunk: Buffer) => reader.chunk(chunk))
  body.on('end', () => reader.end())
}

/** The field that tells the length of a body. A 204 has none (RFC 9110, section 8.6). */
function lengthOf(
  { status }: HttpHead,
  body: string | Bytes,
): readonly [name: string, value: string] | readonly [] {
  return status === 204 ? [] : ['Content-Length', String(Buffer.byteLength(body))]
}

function ignore(): void {}
