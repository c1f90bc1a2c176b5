import type { Body, BodyLimit, Bytes, HttpHost, MessageType } from '@wirebeat/core/extension'
import { type ClientRequest, isText } from './client-request.ts'
import { AnswerFields } from './cross-origin.ts'
import { InTurn, TOO_MANY_WAIT } from './in-turn.ts'
import { NOT_BY_POST, PLAIN, refuse, TOO_SLOW, UNKNOWN } from './refuse.ts'

/** What is told of what a client sends. */
export interface InboundListener {
  message(data: string | Bytes, type: MessageType): void
  /** A body was larger than a message may be. Not told after `end`. */
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

const TOO_LARGE = 'The message is too large.'

const TAKEN = new AnswerFields(PLAIN)

/** What a client has sent before its connection was open. */
export interface Arrival {
  readonly data: string | Uint8Array
  readonly type: MessageType
}

/** What a client sends by POST: each request is read when the one before it is done. */
export class Inbound {
  readonly #host: HttpHost
  readonly #limit: BodyLimit
  readonly #turn = new InTurn()
  #listener: InboundListener | undefined
  /** What came before the connection was open. */
  #early: Arrival[] = []
  #earlySize = 0
  /** Why nothing is taken any more. */
  #refusal: readonly [status: number, body: string] | undefined
  #readOn: (() => void) | undefined
  #resumed: Promise<void> | undefined

  constructor(host: HttpHost) {
    this.#host = host
    const { maxMessageSize, handshakeTimeout } = host.options
    this.#limit = { bytes: maxMessageSize, milliseconds: handshakeTimeout }
  }

  /** Reads a request, and answers it. */
  async take(call: ClientRequest): Promise<void> {
    const turn = this.#turn.enter()
    if (turn === 'full') {
      refuse(call, 429, TOO_MANY_WAIT)
      return
    }
    if (turn !== undefined) await turn
    try {
      // It may be paused again by then.
      while (this.#resumed !== undefined) await this.#resumed
      if (this.#refusal !== undefined) refuse(call, ...this.#refusal)
      else this.#took(call, await call.body(this.#limit))
    } finally {
      this.#turn.leave()
    }
  }

  /** The connection is open: what has come already is told, and then what comes. */
  open(listener: InboundListener): void {
    this.#listener = listener
    const early = this.#early
    this.#early = []
    for (const { data, type } of early) listener.message(data, type)
  }

  /**
   * The connection is open by a WebSocket, and nothing is taken any more.
   *
   * @returns what has come already, in its order
   */
  handOver(): readonly Arrival[] {
    const early = this.#early
    this.#stop(405, NOT_BY_POST)
    return early
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
    this.#stop(404, UNKNOWN)
  }

  #stop(status: number, body: string): void {
    this.#refusal = [status, body]
    this.#early = []
    this.resume()
  }

  #took(call: ClientRequest, body: Body): void {
    if (body === 'gone') return
    if (body === 'too-slow') refuse(call, 408, TOO_SLOW)
    else if (this.#refusal !== undefined) refuse(call, ...this.#refusal)
    else if (body === 'too-large') this.#refuseTooLarge(call)
    else this.#deliver(call, body)
  }

  #deliver(call: ClientRequest, body: Uint8Array): void {
    if (this.#listener === undefined && this.#earlySize + body.length > this.#room) {
      this.#refuseTooLarge(call)
      return
    }
    // The answers of a turn leave together, and with what the session sends at once: between two of them a client wakes up,
    // which costs the server more than the answer.
    this.#host.clock.afterTurn(() => call.respond(200, TAKEN.for(call.request)))
    if (body.length === 0) return
    const arrival = arrivalOf(call, body)
    if (this.#listener === undefined) {
      this.#early.push(arrival)
      this.#earlySize += body.length
    } else {
      this.#listener.message(arrival.data, arrival.type)
    }
  }

  #refuseTooLarge(call: ClientRequest): void {
    refuse(call, 413, TOO_LARGE)
    this.#listener?.tooLarge()
  }

  get #room(): number {
    return this.#host.options.receiveBufferSize
  }
}

/** A message may be sent in parts, which need not be whole characters. */
function arrivalOf({ request }: ClientRequest, body: Uint8Array): Arrival {
  if (isText(request)) {
    try {
      return { data: utf8.decode(body), type: 'text' }
    } catch {
      // As bytes, then.
    }
  }
  return { data: body, type: 'binary' }
}
