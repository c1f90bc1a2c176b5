import type { Endpoint } from '@wirebeat/core'
import {
  type BodyReader,
  type Bytes,
  bytesOf,
  HeaderFields,
  type HttpExchange,
  type HttpHead,
  type HttpStream,
  type SendResult,
  serve,
} from '@wirebeat/core/adapter'

/** A plain request, without a wire. */
export interface Request {
  readonly method?: string
  readonly url?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly remoteAddress?: string
  /** The whole body, `null` for one that never ends. Default: an empty one. */
  readonly body?: string | Uint8Array | null
}

/** One request to an endpoint, and what it is answered. */
export class Exchange implements HttpExchange {
  readonly #body: Request['body']
  head: HttpHead | undefined
  /** What has come of the answer. */
  body = ''
  /** What a stream was given, by one. */
  readonly writes: string[] = []
  hasEnded = false
  /** What a stream says to each write, and what waits in it. An answer is not taken where it is `queued`. */
  result: SendResult = 'sent'
  bufferedAmount = 0
  /** Ends the turn of the event loop in which this was sent. */
  endTurn = (): void => {}
  #reader: BodyReader | undefined
  #drained = (): void => {}
  #taken: (() => void) | undefined
  #gone = (): void => {}
  #changed = (): void => {}

  constructor(body: Request['body'] = '') {
    this.#body = body
  }

  get status(): number | undefined {
    return this.head?.status
  }

  // For the server.

  read(reader: BodyReader): void {
    this.#reader = reader
    if (this.#body !== null && this.#body !== undefined) this.arrive(this.#body)
  }

  respond(head: HttpHead, body: string | Bytes, taken = () => {}): void {
    this.head = head
    this.body = textOf(body)
    this.#taken = taken
    if (this.result === 'sent') this.#endTaken(taken)
  }

  terminate(): void {
    if (!this.hasEnded) this.leave()
  }

  stream(head: HttpHead, drained: () => void): HttpStream {
    this.head = head
    this.#drained = drained
    const bufferedAmount = () => this.bufferedAmount
    return {
      get bufferedAmount() {
        return bufferedAmount()
      },
      get backlog() {
        return bufferedAmount()
      },
      write: (chunk) => {
        if (this.hasEnded || this.#taken !== undefined) return 'closed'
        this.body += textOf(chunk)
        this.writes.push(textOf(chunk))
        if (this.result === 'queued') this.bufferedAmount += bytesOf(chunk).length
        return this.result
      },
      end: (taken = () => {}) => {
        this.#taken = taken
        if (this.bufferedAmount === 0) this.#endTaken(taken)
      },
      terminate: () => {
        if (!this.hasEnded) this.leave()
      },
    }
  }

  onGone(listener: () => void): void {
    this.#gone = listener
  }

  // For the client.

  /** The body comes, for a request that was sent without. */
  arrive(body: string | Uint8Array): void {
    this.#reader?.chunk(bytesOf(body))
    this.#reader?.end()
  }

  leave(): void {
    this.hasEnded = true
    this.#gone()
  }

  drain(): void {
    this.result = 'sent'
    this.bufferedAmount = 0
    if (this.#taken === undefined) this.#drained()
    else this.#endTaken(this.#taken)
  }

  /** Waits for a whole answer. */
  async answer(): Promise<this> {
    await settle()
    this.endTurn()
    if (!this.hasEnded) {
      await new Promise<void>((resolve) => {
        this.#changed = resolve
      })
    }
    return this
  }

  #endTaken(taken: () => void): void {
    this.#end()
    taken()
  }

  #end(): void {
    this.hasEnded = true
    this.#changed()
  }
}

/** Lets promises run. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve()
}

function textOf(data: string | Bytes): string {
  return typeof data === 'string' ? data : new TextDecoder().decode(bytesOf(data))
}

/** Sends a plain request to an endpoint; a negotiation of version 1 unless something is changed. */
export function send(endpoint: unknown, request: Request = {}): Exchange {
  const { method = 'POST', url = '/hub/negotiate?negotiateVersion=1', body = '' } = request
  const headers = new HeaderFields()
  headers.add('Host', 'server.example')
  for (const [name, value] of Object.entries(request.headers ?? {})) headers.add(name, value)
  const answer = serve(endpoint as Endpoint).answer({
    method,
    url,
    headers,
    remoteAddress: request.remoteAddress ?? '192.0.2.1',
    secure: false,
  })
  if (answer === undefined) throw new Error('The request is not the endpoint’s.')
  const exchange = new Exchange(body)
  if (typeof answer === 'function') answer(exchange)
  else exchange.respond(answer, answer.body)
  return exchange
}
