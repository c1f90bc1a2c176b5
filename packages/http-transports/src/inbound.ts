import type { Bytes, HttpCall, HttpHost, MessageType } from '@wirebeat/core/extension'
import { AnswerFields } from './cross-origin.ts'
import { PLAIN, refuse, UNKNOWN } from './refuse.ts'

/** What is told of what a client sends. */
export interface InboundListener {
  message(data: string | Bytes, type: MessageType): void
  /** A body was larger than a message may be. */
  tooLarge(): void
}

// A web standard that every runtime has.
declare const TextDecoder: {
  new (
    encoding: 'utf-8',
    options: { fatal: true; ignoreBOM: true },
  ): { decode(data: Bytes): string }
}
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** How many requests of one connection may wait for the one before. Clients send one after the other. */
const MOST_WAITING = 16
const TOO_MANY = 'This connection has too many requests that wait. Send one after the other.'
const TOO_LARGE = 'The message is too large.'
const TOO_SLOW = 'The request took too long to arrive.'

const TAKEN = new AnswerFields(PLAIN)

interface Arrival {
  readonly data: string | Uint8Array
  readonly type: MessageType
}

/** What a client sends by POST: each request is read when the one before it is done. */
export class Inbound {
  readonly #host: HttpHost
  #last: Promise<void> = Promise.resolve()
  #waiting = 0
  #listener: InboundListener | undefined
  /** What came before the connection was open. */
  #early: Arrival[] = []
  #earlySize = 0
  #hasEnded = false
  #readOn: (() => void) | undefined
  #resumed: Promise<void> | undefined

  constructor(host: HttpHost) {
    this.#host = host
  }

  /** Reads a request, and answers it. */
  async take(call: HttpCall): Promise<void> {
    if (this.#waiting >= MOST_WAITING) {
      refuse(call, 429, TOO_MANY)
      return
    }
    this.#waiting++
    const done = this.#waiting === 1 ? this.#read(call) : this.#last.then(() => this.#read(call))
    // An error is that of this request alone.
    this.#last = done.catch(() => {})
    try {
      await done
    } finally {
      this.#waiting--
    }
  }

  /** The connection is open: what has come already is told, and then what comes. */
  open(listener: InboundListener): void {
    this.#listener = listener
    const early = this.#early
    this.#early = []
    for (const { data, type } of early) listener.message(data, type)
  }

  /** Reads no further request, so that the client waits for its answer. */
  pause(): void {
    this.#resumed ??= new Promise((resolve) => {
      this.#readOn = resolve
    })
  }

  resume(): void {
    this.#readOn?.()
    this.#readOn = undefined
    this.#resumed = undefined
  }

  end(): void {
    this.#hasEnded = true
    this.#early = []
    this.resume()
  }

  async #read(call: HttpCall): Promise<void> {
    // It may be paused again by then.
    while (this.#resumed !== undefined) await this.#resumed
    if (this.#hasEnded) {
      refuse(call, 404, UNKNOWN)
      return
    }
    const { maxMessageSize, handshakeTimeout } = this.#host.options
    const body = await call.body({ bytes: maxMessageSize, milliseconds: handshakeTimeout })
    if (body === 'gone') return
    if (body === 'too-slow') refuse(call, 408, TOO_SLOW)
    else if (body === 'too-large') this.#refuseTooLarge(call)
    else if (this.#hasEnded) refuse(call, 404, UNKNOWN)
    else this.#deliver(call, body)
  }

  #deliver(call: HttpCall, body: Uint8Array): void {
    if (this.#listener === undefined && this.#earlySize + body.length > this.#room) {
      this.#refuseTooLarge(call)
      return
    }
    call.respond(200, TAKEN.for(call.request))
    if (body.length === 0) return
    const arrival = arrivalOf(call, body)
    if (this.#listener === undefined) {
      this.#early.push(arrival)
      this.#earlySize += body.length
    } else {
      this.#listener.message(arrival.data, arrival.type)
    }
  }

  #refuseTooLarge(call: HttpCall): void {
    refuse(call, 413, TOO_LARGE)
    this.#listener?.tooLarge()
  }

  get #room(): number {
    return this.#host.options.receiveBufferSize
  }
}

/** A message may be sent in parts, which need not be whole characters. */
function arrivalOf({ request }: HttpCall, body: Uint8Array): Arrival {
  if (/^text\//i.test(request.headers.get('content-type') ?? '')) {
    try {
      return { data: utf8.decode(body), type: 'text' }
    } catch {
      // As bytes, then.
    }
  }
  return { data: body, type: 'binary' }
}
