import {
  type Bytes,
  bytesOf,
  decodeText,
  type HttpStream,
  type MessageType,
  type Prepared,
  type SendResult,
  type Transport,
  type TransportListener,
} from '@wirebeat/core/extension'
import { byteLength } from './byte-length.ts'
import type { Inbound } from './inbound.ts'

/** The header fields of the answer. The last one is for nginx, which would hold back what is sent. */
export const EVENTS_HEAD = {
  'Content-Type': 'text/event-stream',
  'Cache-Control': 'no-cache,no-store',
  Pragma: 'no-cache',
  'Content-Encoding': 'identity',
  'X-Accel-Buffering': 'no',
} as const

/** A comment. The first one has a client know that it is connected. */
const COMMENT = ':\r\n\r\n'

/** What is sent with each message that is prepared for many. */
const EVENT = Symbol('event')

/** A stream of Server-Sent Events to a client, which itself sends by POST. */
export class ServerSentEvents implements Transport {
  readonly #stream: HttpStream
  readonly #inbound: Inbound
  #listener: TransportListener | undefined
  #isBacklogged = false
  /** The answer ends once all of it was taken. */
  #isEnding = false
  #isOver = false

  constructor(stream: HttpStream, inbound: Inbound) {
    this.#stream = stream
    this.#inbound = inbound
  }

  get kind(): 'server-sent-events' {
    return 'server-sent-events'
  }

  get bufferedAmount(): number {
    return this.#stream.bufferedAmount
  }

  get backlog(): number {
    return this.#stream.backlog
  }

  /**
   * The connection was made.
   *
   * @param padding the bytes of the comment at the start
   */
  open(listener: TransportListener, padding: number): void {
    this.#listener = listener
    this.#write(`:${' '.repeat(padding)}\r\n`)
    listener.opened()
    this.#inbound.open({
      message: (data, type) => listener.message(data, type),
      tooLarge: () => this.#end('message-too-big'),
    })
  }

  send(data: string | Bytes, type: MessageType): SendResult {
    return this.#write(eventOf(data, type))
  }

  sendPrepared(message: Prepared): SendResult {
    return this.#write(message.made(EVENT, ({ data, type }) => eventOf(data, type)))
  }

  byteLength(text: string): number {
    return byteLength(text)
  }

  ping(): void {
    this.#write(COMMENT)
  }

  close(): void {
    this.#isEnding = true
    if (!this.#isBacklogged) this.#finish()
  }

  terminate(): void {
    this.#isOver = true
    this.#inbound.end()
    this.#stream.terminate()
  }

  pause(): void {
    this.#inbound.pause()
  }

  resume(): void {
    this.#inbound.resume()
  }

  // For the exchange.

  drained(): void {
    this.#isBacklogged = false
    if (this.#isEnding) this.#finish()
    else this.#listener?.drained()
  }

  gone(): void {
    this.#end('lost')
  }

  #write(event: string): SendResult {
    if (this.#isOver || this.#isEnding) return 'closed'
    const result = this.#stream.write(event)
    if (result === 'queued') this.#isBacklogged = true
    return result
  }

  #finish(): void {
    this.#stream.end()
    this.#end('lost')
  }

  #end(cause: 'lost' | 'message-too-big'): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#inbound.end()
    if (cause !== 'lost') this.#stream.end()
    this.#listener?.closed(cause)
  }
}

/**
 * A message as an event. Such a stream is text, in which a CR is the end of a line: a text has its lines in fields of
 * their own, and bytes are an event `binary` in base64.
 */
function eventOf(data: string | Bytes, type: MessageType): string {
  if (type === 'binary') return `event: binary\r\ndata: ${base64(bytesOf(data))}\r\n\r\n`
  const text = typeof data === 'string' ? data : decodeText(data)
  return `data: ${/[\r\n]/.test(text) ? text.split(/\r\n|\r|\n/).join('\r\ndata: ') : text}\r\n\r\n`
}

// A web standard that every runtime has.
declare function btoa(text: string): string

function base64(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return btoa(text)
}
