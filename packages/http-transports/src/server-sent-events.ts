import {
  type Bytes,
  bytesOf,
  decodeText,
  type HttpHost,
  type HttpStream,
  type MessageType,
  type Prepared,
  type SendResult,
  type Transport,
  type TransportListener,
} from '@wirebeat/core/extension'
import { byteLength } from './byte-length.ts'
import type { EventBatch } from './event-batch.ts'
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

/** How many bytes one stream may gather in a turn, unless `maxBufferedAmount` is lower. */
const MAX_GATHERED = 16_000

/** What is sent with each message that is prepared for many. */
const EVENT = Symbol('event')

/** A message as it is written. */
interface Event {
  readonly text: string
  /** Its bytes. */
  readonly size: number
}

/** A stream of Server-Sent Events to a client, which itself sends by POST. */
export class ServerSentEvents implements Transport {
  readonly #stream: HttpStream
  readonly #inbound: Inbound
  readonly #batch: EventBatch
  readonly #maxGathered: number
  /** What was sent in this turn, and its bytes. */
  #gathered = ''
  #gatheredSize = 0
  #listener: TransportListener | undefined
  #isBacklogged = false
  /** The answer is to end behind what waits. Nothing more is sent, and nothing is received. */
  #isEnding = false
  #isOver = false

  constructor(
    stream: HttpStream,
    inbound: Inbound,
    batch: EventBatch,
    { maxBufferedAmount }: HttpHost['options'],
  ) {
    this.#stream = stream
    this.#inbound = inbound
    this.#batch = batch
    this.#maxGathered = Math.min(MAX_GATHERED, maxBufferedAmount)
  }

  get kind(): 'server-sent-events' {
    return 'server-sent-events'
  }

  get bufferedAmount(): number {
    return this.#stream.bufferedAmount + this.#gatheredSize
  }

  get backlog(): number {
    return this.#stream.backlog + this.#gatheredSize
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
      tooLarge: () => {
        listener.closing('message-too-big')
        this.close()
      },
    })
  }

  send(data: string | Bytes, type: MessageType): SendResult {
    return this.#send(eventOf(data, type))
  }

  sendPrepared(message: Prepared): SendResult {
    return this.#send(message.made(EVENT, ({ data, type }) => eventOf(data, type)))
  }

  byteLength(text: string): number {
    return byteLength(text)
  }

  flush(): void {
    const events = this.#gathered
    if (events === '') return
    this.#gathered = ''
    this.#gatheredSize = 0
    this.#write(events)
  }

  ping(): void {
    this.flush()
    this.#write(COMMENT)
  }

  close(): void {
    this.flush()
    this.#isEnding = true
    this.#inbound.end()
    // The client has its place until it has taken all of it. Core waits for `closeTimeout`.
    this.#stream.end(() => this.#end())
  }

  terminate(): void {
    // Accepted messages are sent as far as the network takes them at once.
    this.flush()
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
    if (!this.#isEnding) this.#listener?.drained()
  }

  gone(): void {
    this.#end()
  }

  #send({ text, size }: Event): SendResult {
    if (this.#isOver || this.#isEnding) return 'closed'
    if (this.#gatheredSize + size > this.#maxGathered) this.flush()
    // Where something waits for the network, this is behind it, and whether the client is slow is judged at once.
    if (this.#isBacklogged || size > this.#maxGathered) return this.#write(text)
    if (this.#gathered === '') this.#batch.add(this)
    this.#gathered += text
    this.#gatheredSize += size
    this.#batch.gathered(size)
    return 'sent'
  }

  #write(event: string): SendResult {
    if (this.#isOver || this.#isEnding) return 'closed'
    const result = this.#stream.write(event)
    if (result === 'queued') this.#isBacklogged = true
    return result
  }

  #end(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#inbound.end()
    this.#listener?.closed('lost')
  }
}

/**
 * A message as an event. Such a stream is text, in which a CR is the end of a line: a text has its lines in fields of
 * their own, and bytes are an event `binary` in base64.
 */
function eventOf(data: string | Bytes, type: MessageType): Event {
  const text = type === 'binary' ? binaryEvent(bytesOf(data)) : textEvent(textOf(data))
  return { text, size: byteLength(text) }
}

function textOf(data: string | Bytes): string {
  return typeof data === 'string' ? data : decodeText(data)
}

function textEvent(text: string): string {
  return `data: ${/[\r\n]/.test(text) ? text.split(/\r\n|\r|\n/).join('\r\ndata: ') : text}\r\n\r\n`
}

function binaryEvent(bytes: Uint8Array): string {
  return `event: binary\r\ndata: ${base64(bytes)}\r\n\r\n`
}

// A web standard that every runtime has.
declare function btoa(text: string): string

function base64(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return btoa(text)
}
