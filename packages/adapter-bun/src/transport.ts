import {
  type Admission,
  type Bytes,
  COMPRESSION_THRESHOLD,
  type MessageType,
  type SendResult,
  type Transport,
  type TransportCloseCause,
  type TransportListener,
} from '@wirebeat/core/adapter'
import type { BunSocket, SocketData } from './engine.ts'

/** The engine's answer to a message that waits. */
const QUEUED = -1

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** A WebSocket of Bun as a transport of core, and the user data of that. */
export class BunTransport implements Transport, SocketData {
  listener: TransportListener | undefined
  /** The socket. `undefined` after the engine has closed it. */
  #socket: BunSocket | undefined
  readonly #compresses: boolean
  #isBacklogged = false
  /** A close that waits for earlier messages, or `'told'` when the engine was told to end the connection. */
  #ending: { readonly code: number; readonly reason: string } | 'told' | undefined

  constructor(compresses: boolean) {
    this.#compresses = compresses
  }

  // For core.

  get bufferedAmount(): number {
    return this.#socket?.getBufferedAmount() ?? 0
  }

  get backlog(): number {
    return this.bufferedAmount
  }

  send(data: string | Bytes, type: MessageType): SendResult {
    if (this.#socket === undefined) return 'closed'
    if (this.#send(this.#socket, data, type) !== QUEUED) return 'sent'
    this.#isBacklogged = true
    return 'queued'
  }

  byteLength(text: string): number {
    return Buffer.byteLength(text)
  }

  ping(): void {
    this.#socket?.ping()
  }

  close(code: number, reason: string): void {
    // The engine ends a socket seconds after its close frame, even when messages still wait. So the close waits
    // for them, at most for core's closeTimeout.
    if (this.bufferedAmount > 0) this.#ending = { code, reason }
    else this.#end(code, reason)
  }

  terminate(): void {
    this.#ending = 'told'
    this.#socket?.terminate()
  }

  pause(): void {
    this.#socket?.pause()
  }

  resume(): void {
    this.#socket?.resume()
  }

  /** Makes the connection. Called after the engine has made the WebSocket. */
  admit(admission: Admission): void {
    if (this.#socket === undefined) {
      admission.abandon()
      return
    }
    this.listener = admission.accept(this)
    this.listener.opened()
  }

  // For the engine's callbacks.

  opened(socket: BunSocket): void {
    this.#socket = socket
  }

  drained(): void {
    if (this.bufferedAmount > 0) return
    if (this.#isBacklogged) {
      this.#isBacklogged = false
      this.listener?.drained()
    }
    if (typeof this.#ending === 'object') this.#end(this.#ending.code, this.#ending.reason)
  }

  closed(code: number, text: string): void {
    this.#socket = undefined
    // After `close` the engine reports the code that it was given, as if the client had answered.
    if (this.#ending === 'told') this.listener?.closed('lost')
    else if (code !== 1006) this.listener?.closed('client', code, text)
    else this.listener?.closed(causeOf(text))
  }

  #send(socket: BunSocket, data: string | Bytes, type: MessageType): number {
    const compress = this.#compresses && Buffer.byteLength(data) >= COMPRESSION_THRESHOLD
    if (type === 'binary') {
      // A string is always a text.
      return socket.sendBinary(data as Bytes, compress)
    }
    return socket.sendText(typeof data === 'string' ? data : utf8.decode(data), compress)
  }

  #end(code: number, reason: string): void {
    this.#ending = 'told'
    this.#socket?.close(code, reason)
  }
}

/** The engine's diagnosis of what the client has sent is a sentence. */
function causeOf(diagnosis: string): TransportCloseCause {
  switch (diagnosis) {
    case 'Received too big message':
    case 'Received message that does not fit in memory':
      return 'message-too-big'
    case 'Received invalid UTF-8':
    case 'Received invalid compressed data':
      return 'invalid-data'
    default:
      return diagnosis.startsWith('Received ') ? 'protocol-error' : 'lost'
  }
}
