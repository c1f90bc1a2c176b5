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

/**
 * The socket of one connection. It is a subclass for three reasons. ws has no event for the client's close
 * frame, but calls its own `close` with the client's code and reason. What ws writes by itself must not
 * overtake the frames that are still collected. And events go to core without listeners, which would take
 * memory for every connection and time for every message. So listeners added with `on` are never called.
 */
export class EndpointSocket extends WebSocket {
  /** The connection that core has made for this socket. */
  listener: TransportListener | undefined

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
    // A code without a reason is from ws itself, after a fault, which `error` reports.
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
 * Node writes everything that waits as one batch, and counts the whole batch until its last byte is taken.
 * Only the handle knows how much of a batch is left. The handle is not a public API, but Node's own socket
 * timeout uses it. Without a handle, a batch counts until all of it is taken.
 */
type NodeStream = Duplex & { readonly _handle?: { readonly writeQueueSize?: number } | null }

/**
 * How many bytes may wait before `send` returns `queued`, unless `maxBufferedAmount` is lower. Not 0, because
 * with TLS bytes wait after every write until the end of the turn.
 */
const QUEUE_MARK = 64 * 1024

// Shared by all messages.
const AS_TEXT = { binary: false } as const
const AS_BINARY = { binary: true } as const

const NOTHING = new Uint8Array(0)

/** A socket of ws as a transport of core. */
export class WsTransport implements Transport, FrameSource {
  readonly stream: NodeStream
  waiting = 0
  readonly #socket: EndpointSocket
  /** Whether the connection is compressed. ws must send the messages then. */
  readonly #isCompressed: boolean
  readonly #queueMark: number
  #isBacklogged = false

  /** @param stream the stream below the WebSocket, as the server passed it on */
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
    if (this.#socket.readyState === WebSocket.OPEN) frameBatch.addPing(this)
  }

  close(code: number, reason: string): void {
    this.#socket.startClosing(code, reason)
  }

  terminate(): void {
    // Accepted messages are sent as far as the network takes them at once.
    frameBatch.flush()
    this.#socket.terminate()
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  /** Returns `false` when the network takes at once what waits. */
  #noteBacklog(): boolean {
    frameBatch.flush()
    if (this.bufferedAmount <= this.#queueMark) return false
    this.#isBacklogged = true
    this.#awaitTaken()
    return true
  }

  /** The stream's `drain` is not enough: it is emitted only above a mark, which a server may set higher. */
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
