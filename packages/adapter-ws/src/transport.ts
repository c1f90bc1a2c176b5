import type { Duplex } from 'node:stream'
import {
  type Bytes,
  bytesOf,
  type MessageType,
  type SendResult,
  type Transport,
  type TransportCloseCause,
  type TransportListener,
} from '@wirebeat/core/adapter'
import { WebSocket } from 'ws'
import { type FrameSource, frameBatch } from './frame-batch.ts'
import { holdTurn } from './hold-turn.ts'

/**
 * The socket of one connection. A subclass for three things: ws tells nobody that the peer's close
 * frame has come, but calls `close` on itself then, with the peer's code and reason; what ws writes
 * by itself must not overtake the frames that are still being put together; and what ws tells goes to
 * core without listeners, which would take memory on every connection and time with every message.
 * So `on` hears nothing here.
 */
export class EndpointSocket extends WebSocket {
  /** The connection that core has made for this socket. */
  listener: TransportListener | undefined

  override emit(event: string | symbol, first?: unknown, second?: unknown): boolean {
    const { listener } = this
    if (listener === undefined) return false
    // What comes with each event is in the documentation of ws.
    switch (event) {
      case 'message':
        // A Buffer, since binaryType stays what it is from the start.
        listener.message(first as Buffer, second === true ? 'binary' : 'text')
        frameBatch.received()
        break
      case 'ping':
        listener.pinged()
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
    // A code without a reason is the engine's own, after a fault; `error` tells of that.
    const isPeers = code === undefined || reason !== undefined
    if (isPeers) this.listener?.closing('client', code, reason?.toString())
    this.startClosing(code, reason)
  }

  override pong(data?: Buffer, mask?: boolean, callback?: (error: Error) => void): void {
    frameBatch.flush()
    super.pong(data, mask, callback)
  }

  /** Starts the closing handshake from this side. */
  startClosing(code?: number, reason?: string | Buffer): void {
    frameBatch.flush()
    super.close(code, reason)
  }
}

/**
 * Node writes all that waits as one batch, and counts it as waiting until the last byte is taken.
 * What a batch has left is told by the handle alone, which is no public API, but what Node's own
 * socket timeout looks at. Where there is none, a batch is seen to be taken when all of it is.
 */
type NodeStream = Duplex & { readonly _handle?: { readonly writeQueueSize?: number } | null }

/**
 * Bytes that may wait before a sender is asked to wait, unless the endpoint's cap is lower. Over TLS
 * something waits after every write, if only until the end of the turn.
 */
const QUEUE_MARK = 64 * 1024

// One object each for all messages.
const AS_TEXT = { binary: false } as const
const AS_BINARY = { binary: true } as const

const NOTHING = new Uint8Array(0)

/** A socket of ws as core's transport. */
export class WsTransport implements Transport, FrameSource {
  readonly stream: NodeStream
  waiting = 0
  readonly #socket: EndpointSocket
  /** Whether ws compresses what is sent, and so must send it itself. */
  readonly #isCompressed: boolean
  readonly #queueMark: number
  #isBacklogged = false

  /** @param stream the stream below, as the server handed it over */
  constructor(socket: EndpointSocket, stream: Duplex, maxBufferedAmount: number) {
    this.#socket = socket
    this.stream = stream
    this.#isCompressed = socket.extensions !== ''
    this.#queueMark = Math.min(QUEUE_MARK, maxBufferedAmount)
  }

  get canPause(): boolean {
    return true
  }

  get bufferedAmount(): number {
    return this.#socket.bufferedAmount + this.waiting
  }

  get backlog(): number {
    return this.bufferedAmount + (this.stream._handle?.writeQueueSize ?? 0)
  }

  send(data: string | Bytes, type: MessageType): SendResult {
    if (this.#socket.readyState !== WebSocket.OPEN) return 'closed'
    if (this.#isCompressed) {
      this.#socket.send(data, type === 'text' ? AS_TEXT : AS_BINARY, () => this.#onTaken())
    } else {
      frameBatch.add(this, typeof data === 'string' ? data : bytesOf(data), type)
    }
    if (this.bufferedAmount <= this.#queueMark) return 'sent'
    return this.#isBacklogged || this.#noteBacklog() ? 'queued' : 'sent'
  }

  byteLength(text: string): number {
    return Buffer.byteLength(text)
  }

  ping(): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return
    frameBatch.addPing(this)
    // The turn can be long, and the peer has only so much time to answer.
    frameBatch.flush()
  }

  close(code: number, reason: string): void {
    this.#socket.startClosing(code, reason)
  }

  terminate(): void {
    // What was accepted goes out as far as the network takes it at once.
    frameBatch.flush()
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

  /** Returns `false` when the network takes at once what waits here. */
  #noteBacklog(): boolean {
    frameBatch.flush()
    if (this.bufferedAmount <= this.#queueMark) return false
    this.#isBacklogged = true
    this.#awaitTaken()
    return true
  }

  /** The stream's own `drain` comes only where its mark was passed, which a server may set higher. */
  #awaitTaken(): void {
    if (!this.stream.writable) return
    this.stream.write(NOTHING, (error) => {
      if (!error && this.stream.writableLength > 0) this.#awaitTaken()
      else this.#onTaken()
    })
  }

  #onTaken(): void {
    if (!this.#isBacklogged || this.#socket.bufferedAmount > 0) return
    this.#isBacklogged = false
    this.#socket.listener?.drained()
  }
}

/** An error of the socket, or of ws about what it has read. */
type Fault = Error & { readonly code?: unknown }

/** The close code that ws would report after a fault is 1006; the truth is in the error. */
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
