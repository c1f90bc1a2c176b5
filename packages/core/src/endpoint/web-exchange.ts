import type { SendResult } from '../connection/transport.ts'
import { fieldLines } from '../handshake/response-headers.ts'
import type { BodyReader, HttpExchange, HttpHead, HttpStream } from '../http/exchange.ts'
import { type Bytes, bytesOf } from '../runtime/bytes.ts'
import { Deferred } from '../runtime/deferred.ts'
import type { WebRequest, WebResponse } from './web-request.ts'

// Web standards that these hosts have; see clock.ts on why they are named here.
interface Controller {
  readonly desiredSize: number | null
  enqueue(chunk: Uint8Array): void
  close(): void
  error(error: Error): void
}
declare const ReadableStream: {
  new (
    source: {
      pull(controller: Controller): void
      start(controller: Controller): void
      cancel(): void
    },
    strategy: { highWaterMark: number; size(chunk: Uint8Array): number },
  ): object
}
declare const Response: {
  new (
    body: string | Bytes | object | null,
    init: { status: number; statusText: string; headers: [name: string, value: string][] },
  ): WebResponse
}

/** A plain request of a host that hands over the web's `Request` and takes its `Response`. */
export class WebExchange implements HttpExchange {
  readonly #request: WebRequest
  readonly #response = new Deferred<WebResponse>()
  #isOver = false
  #tellGone = (): void => {}
  #stream: WebStream | undefined

  constructor(request: WebRequest) {
    this.#request = request
    request.signal.addEventListener('abort', this.#left)
  }

  /** What the host is to be given. */
  get response(): Promise<WebResponse> {
    return this.#response.promise
  }

  read(reader: BodyReader): void {
    const body = this.#request.body?.getReader()
    const next = async (): Promise<void> => {
      for (;;) {
        const { done, value } = (await body?.read()) ?? { done: true }
        if (value !== undefined) reader.chunk(value)
        if (done) break
      }
      reader.end()
    }
    // A body that breaks off is that of a client that has gone. Not every host has the signal tell so.
    next().catch(this.#left)
  }

  respond(head: HttpHead, body: string | Bytes, taken?: () => void): void {
    this.#finished()
    const hasBody = head.status !== 204
    this.#answer(head, hasBody ? body : null)
    taken?.()
  }

  // The host has taken all.
  terminate(): void {}

  stream(head: HttpHead, drained: () => void): HttpStream {
    const stream = new WebStream(drained, this.#left, () => this.#finished())
    this.#stream = stream
    this.#answer(head, stream.readable)
    return stream
  }

  onGone(listener: () => void): void {
    this.#tellGone = listener
  }

  readonly #left = (): void => {
    if (this.#isOver) return
    this.#finished()
    this.#stream?.leave()
    this.#tellGone()
    // Nobody reads it.
    this.#answer({ status: 408, statusText: 'Request Timeout', headers: {} }, null)
  }

  #finished(): void {
    this.#isOver = true
    this.#request.signal.removeEventListener('abort', this.#left)
  }

  #answer({ status, statusText, headers }: HttpHead, body: string | Bytes | object | null): void {
    this.#response.resolve(new Response(body, { status, statusText, headers: fieldLines(headers) }))
  }
}

/** The body of an answer that goes on, as a `ReadableStream`. */
class WebStream implements HttpStream {
  readonly readable: object
  readonly #finished: () => void
  #controller: Controller | undefined
  #isOver = false
  #isBacklogged = false
  /** What to call once nothing waits any more, where the answer is to end then. */
  #taken: (() => void) | undefined

  constructor(drained: () => void, left: () => void, finished: () => void) {
    this.#finished = finished
    // Without room of its own, it asks for more once the host has taken all.
    this.readable = new ReadableStream(
      {
        start: (controller) => {
          this.#controller = controller
        },
        pull: () => {
          if (this.#taken !== undefined) this.#endOnceTaken(this.#taken)
          if (!this.#isBacklogged || this.#isOver) return
          this.#isBacklogged = false
          drained()
        },
        cancel: left,
      },
      { highWaterMark: 0, size: (chunk) => chunk.length },
    )
  }

  get bufferedAmount(): number {
    return this.#isOver ? 0 : Math.max(0, -(this.#controller?.desiredSize ?? 0))
  }

  get backlog(): number {
    return this.bufferedAmount
  }

  write(chunk: string | Bytes): SendResult {
    if (this.#isOver || this.#taken !== undefined) return 'closed'
    this.#controller?.enqueue(bytesOf(chunk))
    if (this.bufferedAmount === 0) return 'sent'
    this.#isBacklogged = true
    return 'queued'
  }

  end(taken: () => void = () => {}): void {
    if (this.#isOver) return
    this.#taken = taken
    this.#endOnceTaken(taken)
  }

  terminate(): void {
    if (this.#isOver) return
    this.leave()
    this.#controller?.error(new Error('terminated'))
  }

  /** Nothing more is taken. */
  leave(): void {
    this.#isOver = true
  }

  #endOnceTaken(taken: () => void): void {
    if (this.#isOver || this.bufferedAmount > 0) return
    this.leave()
    this.#finished()
    this.#controller?.close()
    taken()
  }
}
