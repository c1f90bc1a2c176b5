import {
  type Admission,
  type Burst,
  type BurstSender,
  type Bytes,
  COMPRESSION_THRESHOLD,
  type GatheredMessage,
  MAX_BURST,
  type MessageType,
  type Prepared,
  type SendResult,
  type Transport,
  type TransportCloseCause,
  type TransportListener,
} from '@wirebeat/core/adapter'
import type { BunSocket, SocketData } from './engine.ts'
import { turn } from './turn.ts'

/** The engine's answer to a message that waits. */
const QUEUED = -1

/** A short text whose bytes were counted last. Longer ones are not kept. */
let counted = ''
let countedBytes = 0
const LONGEST_COUNTED = 1024

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** A WebSocket of Bun as a transport of core, and the user data of that. */
export class BunTransport implements Transport, BurstSender, SocketData {
  listener: TransportListener | undefined
  /** The socket. `undefined` after the engine has closed it. */
  #socket: BunSocket | undefined
  readonly #compresses: boolean
  readonly maxBurst: number
  burst: Burst | undefined
  #isBacklogged = false
  /** Whether the socket has an address, as long as it is there. */
  #hasAddress = false
  /** A close that waits for earlier messages, or `'told'` when the engine was told to end the connection. */
  #ending: { readonly code: number; readonly reason: string } | 'told' | undefined

  constructor(compresses: boolean, maxBufferedAmount: number) {
    this.#compresses = compresses
    this.maxBurst = Math.min(MAX_BURST, maxBufferedAmount)
  }

  // For core.

  get bufferedAmount(): number {
    return (this.#socket?.getBufferedAmount() ?? 0) + (this.burst?.size ?? 0)
  }

  get backlog(): number {
    return this.bufferedAmount
  }

  send(data: string | Bytes, type: MessageType): SendResult {
    const socket = this.#socket
    if (socket === undefined) return 'closed'
    if (!turn.isWithin(socket) && turn.gather(this, data, type)) return 'sent'
    this.flush()
    return this.#send(socket, data, type)
  }

  sendPrepared(message: Prepared): SendResult {
    const socket = this.#socket
    if (socket === undefined) return 'closed'
    if (!turn.isWithin(socket) && turn.gatherPrepared(this, message)) return 'sent'
    this.flush()
    return this.#sendGathered(socket, message)
  }

  byteLength(text: string): number {
    // What was received is often what is sent next, as by an echo.
    if (text === counted) return countedBytes
    const bytes = Buffer.byteLength(text)
    if (bytes > LONGEST_COUNTED) return bytes
    counted = text
    countedBytes = bytes
    return bytes
  }

  awaitTurnEnd(): boolean {
    // The engine runs promises after every message, which core has to know. Sessions are woken at once.
    return false
  }

  ping(): void {
    this.flush()
    this.#socket?.ping()
    this.#tellIfGone()
  }

  close(code: number, reason: string): void {
    this.flush()
    // The engine ends a socket seconds after its close frame, even when messages still wait. So the close waits
    // for them, at most for core's closeTimeout.
    if (this.bufferedAmount > 0) this.#ending = { code, reason }
    else this.#end(code, reason)
  }

  terminate(): void {
    this.flush()
    this.#ending = 'told'
    this.#socket?.terminate()
    this.#tellIfGone()
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

  // For the turn.

  get isBackedUp(): boolean {
    return this.#isBacklogged || (this.#socket?.getBufferedAmount() ?? 0) > 0
  }

  /** Sends what waits. Whether the network has taken all of it is only known with the next message. */
  flush(): void {
    if (this.burst === undefined) return
    const { messages } = this.burst
    this.burst = undefined
    const socket = this.#socket
    if (socket === undefined) return
    const first = messages[0]
    if (messages.length === 1 && first !== undefined) this.#sendGathered(socket, first)
    else
      socket.cork(() => {
        for (const message of messages) this.#sendGathered(socket, message)
      })
  }

  // For the engine's callbacks.

  opened(socket: BunSocket): void {
    this.#socket = socket
    this.#hasAddress = socket.remoteAddress !== undefined
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

  #sendGathered(socket: BunSocket, message: GatheredMessage): SendResult {
    if (typeof message === 'string') return this.#send(socket, message, 'text')
    if (ArrayBuffer.isView(message)) return this.#send(socket, message, 'binary')
    const { type, bytes } = message
    return this.#send(socket, type === 'text' ? message.made(TEXT, textOf) : bytes, type)
  }

  #send(socket: BunSocket, data: string | Bytes, type: MessageType): SendResult {
    const compress = this.#compresses && Buffer.byteLength(data) >= COMPRESSION_THRESHOLD
    const result =
      type === 'binary'
        ? // A string is always a text.
          socket.sendBinary(data as Bytes, compress)
        : socket.sendText(typeof data === 'string' ? data : utf8.decode(data), compress)
    if (result !== QUEUED) return 'sent'
    this.#isBacklogged = true
    return 'queued'
  }

  #end(code: number, reason: string): void {
    this.#ending = 'told'
    this.#socket?.close(code, reason)
    this.#tellIfGone()
  }

  /**
   * The engine does not always tell that a client has reset the connection while it was paused and something waited for
   * it. Such a socket has no address any more.
   */
  #tellIfGone(): void {
    const socket = this.#socket
    if (socket === undefined || !this.#hasAddress || socket.remoteAddress !== undefined) return
    this.closed(1006, '')
  }
}

const TEXT = Symbol('text')

/** The engine takes a text as a string. */
function textOf({ data }: Prepared): string {
  return typeof data === 'string' ? data : utf8.decode(data)
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
