import type { Duplex } from 'node:stream'
import {
  type Bytes,
  bytesOf,
  COMPRESSION_THRESHOLD,
  type MessageType,
  type Prepared,
  type SendResult,
  type Transport,
  type TransportCloseCause,
  type TransportListener,
} from '@wirebeat/core/adapter'
import { WebSocket } from 'ws'
import { COMPRESSED, firstByte } from './frame.ts'
import { frameBatch } from './frame-batch.ts'
import { holdTurn } from './frame-reader.ts'
import { FrameStream } from './frame-stream.ts'
import type { ReadSocket } from './guarded-reader.ts'
import { cancelStream } from './http2-stream.ts'
import { DEFLATE_LIMIT, deflateMessage } from './message-deflate.ts'
import { deflatedFrame, plainFrame } from './prepared-frames.ts'
import { type NodeStream, waitingBelow } from './write-queue-size.ts'

const NO_LISTENERS: object = Object.freeze(Object.create(null))

/**
 * The socket of one connection. It is a subclass for three reasons. ws has no event for the client's close
 * frame, but calls its own `close` with the client's code and reason. What ws writes by itself must not
 * overtake the frames that are still collected. And events go to core without listeners, which would take
 * memory for every connection and time for every message. So listeners added with `on` are never called.
 */
export class EndpointSocket extends WebSocket implements ReadSocket {
  /** The connection that core has made for this socket. */
  listener: TransportListener | undefined
  /** What core sends through. */
  transport: WsTransport | undefined
  /** Node gives each emitter an object for its listeners. Nobody listens here, so one is enough for all. */
  readonly _events: object = NO_LISTENERS

  override emit(event: string | symbol, first?: unknown, second?: unknown): boolean {
    const { listener } = this
    if (listener === undefined) return false
    // The documentation of ws lists the arguments of each event.
    switch (event) {
      case 'message':
        // A Buffer, because binaryType keeps its default.
        listener.message(first as Buffer, second === true ? 'binary' : 'text')
        frameBatch.received()
        break
      case 'ping':
        this.transport?.answer(first as Buffer)
        listener.pinged()
        frameBatch.received()
        break
      case 'pong':
        listener.ponged()
        break
      case 'error':
        failed(listener, first as Fault)
        break
      case 'close':
        if (first === 1006) listener.closed('lost')
        else listener.closed('client', first as number, String(second))
        break
    }
    return true
  }

  override close(code?: number, reason?: string | Buffer): void {
    // A code without a reason is from ws itself, after a fault, which `error` reports.
    const isPeers = code === undefined || reason !== undefined
    if (isPeers) this.listener?.closing('client', code, reason?.toString())
    this.startClosing(code, reason)
    this.transport?.watchRest()
  }

  readerEnded(): void {
    const stream = this.transport?.stream
    // ws tells the end of the socket next, with the code of a close frame.
    if (stream?.readableEnded && !stream.destroyed) this.listener?.closing('lost')
  }

  /** Starts the closing handshake from this side. */
  startClosing(code?: number, reason?: string | Buffer): void {
    this.transport?.release()
    super.close(code, reason)
  }
}

/**
 * How many bytes may wait before `send` returns `queued`, unless `maxBufferedAmount` is lower. Not 0, because
 * with TLS bytes wait after every write until the end of the turn.
 */
const QUEUE_MARK = 64 * 1024

/** The largest window, which is the default (RFC 7692, section 7.1.2.1). */
const MAX_WINDOW_BITS = 15
const NOT_COMPRESSED = 0

// Shared by all messages.
const AS_TEXT = { binary: false } as const
const AS_BINARY = { binary: true } as const

/** A socket of ws as core's transport. */
export class WsTransport extends FrameStream<NodeStream> implements Transport {
  readonly #socket: EndpointSocket
  /** The window of what is sent compressed, as the exponent of two, or `NOT_COMPRESSED`. */
  readonly #windowBits: number
  readonly #queueMark: number
  #isBacklogged = false

  /**
   * @param stream the stream below the WebSocket, as the server passed it on
   * @param extension what was agreed on; empty for nothing
   */
  constructor(
    socket: EndpointSocket,
    stream: Duplex,
    maxBufferedAmount: number,
    extension: string,
  ) {
    super(stream)
    this.#socket = socket
    this.#windowBits = windowOf(extension)
    this.#queueMark = Math.min(QUEUE_MARK, maxBufferedAmount)
    socket.transport = this
  }

  get bufferedAmount(): number {
    return this.#held + this.waiting
  }

  get backlog(): number {
    return this.bufferedAmount + waitingBelow(this.stream)
  }

  send(data: string | Bytes, type: MessageType): SendResult {
    if (this.#socket.readyState !== WebSocket.OPEN) return 'closed'
    const bytes = typeof data === 'string' ? data : bytesOf(data)
    if (this.#isCompressed) {
      const size = Buffer.byteLength(bytes)
      if (size > DEFLATE_LIMIT || this.#isEngineBusy) return this.#sendByEngine(bytes, type)
      if (size >= COMPRESSION_THRESHOLD) return this.#sendDeflated(bytes, size, type)
    }
    const isCopied = frameBatch.add(this, bytes, firstByte(type))
    return isCopied ? this.#result() : this.#waits()
  }

  sendPrepared(message: Prepared): SendResult {
    if (this.#socket.readyState !== WebSocket.OPEN) return 'closed'
    if (!this.#isCompressed) frameBatch.addShared(this, plainFrame(message))
    else if (this.#isEngineBusy) return this.#sendByEngine(message.bytes, message.type)
    else frameBatch.addShared(this, deflatedFrame(message, this.#windowBits))
    return this.#result()
  }

  flush(): void {
    frameBatch.flushOne(this)
  }

  byteLength(text: string): number {
    return Buffer.byteLength(text)
  }

  ping(): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return
    frameBatch.addPing(this)
    // The turn can be long, and the peer has only so much time to answer.
    frameBatch.flushOne(this)
  }

  close(code: number, reason: string): void {
    this.#socket.startClosing(code, reason)
  }

  terminate(): void {
    // Accepted messages are sent as far as the network takes them at once.
    frameBatch.flushOne(this)
    cancelStream(this.stream)
    this.#socket.terminate()
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  holdTurn(): boolean {
    return holdTurn(this.#socket)
  }

  // For the socket.

  /** Answers a ping. */
  answer(data: Uint8Array): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return
    if (this.#isEngineBusy) {
      // A copy, because ws would hold all that was read with it for as long as it waits.
      const copy = Buffer.allocUnsafeSlow(data.length)
      copy.set(data)
      this.#socket.pong(copy, false)
      return
    }
    frameBatch.addPong(this, data)
    // Whether a peer is slow is judged after a write.
    if (this.bufferedAmount > this.#queueMark) frameBatch.flushOne(this)
  }

  /** Gives the stream all that waits, so that ws can write behind it. */
  release(): void {
    frameBatch.flushOne(this)
    this.releaseKept()
  }

  /** Tells core what still comes. ws reads no more frames, and drops it. */
  watchRest(): void {
    const tell = ({ length }: Buffer): void => this.#socket.listener?.ignored(length)
    this.stream.on('data', tell)
  }

  // For the stream.

  protected override taken(): void {
    if (!this.#isBacklogged || this.#held > 0 || this.isBackedUp) return
    this.#isBacklogged = false
    this.#socket.listener?.drained()
  }

  get #isCompressed(): boolean {
    return this.#windowBits !== NOT_COMPRESSED
  }

  #result(): SendResult {
    if (this.bufferedAmount <= this.#queueMark) return 'sent'
    return this.#isBacklogged || this.#isBehind() ? this.#waits() : 'sent'
  }

  #sendDeflated(data: string | Uint8Array, size: number, type: MessageType): SendResult {
    const deflated = deflateMessage(data, size, this.#windowBits)
    if (deflated.length < size) frameBatch.add(this, deflated, firstByte(type) | COMPRESSED)
    else frameBatch.add(this, data, firstByte(type))
    return this.#result()
  }

  #sendByEngine(data: string | Uint8Array, type: MessageType): SendResult {
    this.release()
    // A copy, because ws reads it later, when it compresses it or has done so with what came before.
    const own = typeof data === 'string' ? data : new Uint8Array(data)
    this.#socket.send(own, type === 'text' ? AS_TEXT : AS_BINARY, () => this.taken())
    return this.#result()
  }

  /** Whether ws is compressing, and so has what the stream was not given yet. */
  get #isEngineBusy(): boolean {
    return this.#isCompressed && this.#held > 0 && this.#held > this.stream.writableLength
  }

  /** Bytes that ws and the stream hold. */
  get #held(): number {
    if (!this.mayHold) return 0
    const { bufferedAmount } = this.#socket
    this.mayHold = bufferedAmount > 0
    return bufferedAmount
  }

  /** Whether too much still waits when the network has been given all. */
  #isBehind(): boolean {
    frameBatch.flushOne(this)
    return this.bufferedAmount > this.#queueMark
  }

  #waits(): 'queued' {
    this.#isBacklogged = true
    this.awaitTaken()
    return 'queued'
  }
}

function windowOf(extension: string): number {
  if (extension === '') return NOT_COMPRESSED
  return Number(/=(\d+)$/.exec(extension)?.[1] ?? MAX_WINDOW_BITS)
}

/** An error of the socket, or of ws about what it has read. */
type Fault = Error & { readonly code?: unknown }

/** Reports a fault by its error, because the close code that ws reports after it is always 1006. */
function failed(listener: TransportListener, { code }: Fault): void {
  if (code === 'WS_ERR_TOO_MANY_BUFFERED_PARTS') listener.closing('message-too-big', 1008)
  else listener.closing(causeOf(code))
}

function causeOf(code: unknown): TransportCloseCause {
  if (code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') return 'message-too-big'
  // A length of 2^53 or more; ws answers it with 1009.
  if (code === 'WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH') return 'message-too-big'
  if (code === 'WS_ERR_INVALID_UTF8') return 'invalid-data'
  if (typeof code !== 'string') return 'lost'
  // A stream that does not inflate (RFC 7692, section 7.2.2); ws answers it with 1007.
  if (code.startsWith('Z_')) return 'invalid-data'
  return code.startsWith('WS_ERR_') ? 'protocol-error' : 'lost'
}
