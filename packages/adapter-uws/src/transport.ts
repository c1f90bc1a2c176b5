import { setImmediate } from 'node:timers'
import {
  type Admission,
  type Bytes,
  COMPRESSION_THRESHOLD,
  type MessageType,
  type Prepared,
  type SendResult,
  type Transport,
  type TransportCloseCause,
  type TurnWaiter,
} from '@wirebeat/core/adapter'
import { LISTENER, type UwsSocket } from './engine.ts'
import {
  type Burst,
  MAX_BURST,
  MAX_MESSAGES,
  type PreparedPayload,
  type Sender,
  turn,
} from './turn.ts'

/** The user data of each socket. */
export interface SocketData {
  readonly transport: UwsTransport
}

/** Larger messages are sent at once, because copying them costs more than it saves. */
const MAX_GATHERED = 4 * 1024

/** A result of the engine's `send`. 0: the message waits. 2: it was dropped, which needs a limit to occur. */
const SENT = 1

/** A socket of uWebSockets.js as a transport of core. */
export class UwsTransport implements Transport, Sender {
  /** The socket. `undefined` after the engine has closed it, because every method throws then. */
  #socket: UwsSocket<SocketData> | undefined
  readonly #compresses: boolean
  /** Bytes that may be gathered. Whether a client is slow is judged when the engine has been given them. */
  readonly #maxBurst: number
  burst: Burst | undefined
  #isBacklogged = false
  /** A close that waits for earlier messages, or `'told'` when the engine was told to end the connection. */
  #ending: { readonly code: number; readonly reason: string } | 'told' | undefined

  constructor(compresses: boolean, maxBufferedAmount: number) {
    this.#compresses = compresses
    this.#maxBurst = Math.min(MAX_BURST, maxBufferedAmount)
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
    if (!turn.isWithin(socket) && this.#gather(socket, data, type)) return 'sent'
    // Checked here, because flush() has a closure, for which V8 allocates at the start of the call.
    if (this.burst !== undefined) this.flush()
    const compress = this.#compresses && isWorthCompressing(data)
    return this.#result(socket.send(sendable(data), type === 'binary', compress))
  }

  sendPrepared(message: Prepared): SendResult {
    const socket = this.#socket
    if (socket === undefined) return 'closed'
    const payload = message.made(PAYLOAD, makePayload)
    const { bytes, isBinary } = payload
    if (!turn.isWithin(socket) && this.#hasRoom(socket, bytes.byteLength)) {
      turn.add(this, payload, bytes.byteLength)
      return 'sent'
    }
    if (this.burst !== undefined) this.flush()
    return this.#result(socket.send(bytes, isBinary, this.#compresses && isWorthCompressing(bytes)))
  }

  byteLength(text: string): number {
    return Buffer.byteLength(text)
  }

  awaitTurnEnd(waiter: TurnWaiter): boolean {
    return turn.awaitEnd(waiter)
  }

  ping(): void {
    this.flush()
    this.#socket?.ping()
  }

  close(code: number, reason: string): void {
    this.flush()
    // The engine ends a socket seconds after `end`, even when messages still wait in it. So the close waits
    // for them, at most for core's closeTimeout.
    if (this.bufferedAmount > 0) this.#ending = { code, reason }
    else this.#end(code, reason)
  }

  terminate(): void {
    this.flush()
    this.#ending = 'told'
    this.#socket?.close()
  }

  /** Makes the connection. Called after the engine has made the WebSocket. */
  admit(admission: Admission): void {
    if (this.#socket === undefined) {
      admission.abandon()
      return
    }
    const listener = admission.accept(this)
    this.#socket[LISTENER] = listener
    listener.opened()
  }

  // For the turn.

  /** Sends what waits. Whether the network has taken all of it is only known with the next message. */
  flush(): void {
    if (this.burst === undefined) return
    const { messages } = this.burst
    this.burst = undefined
    const socket = this.#socket
    if (socket === undefined) return
    const [first] = messages
    if (messages.length === 1 && first !== undefined) this.#sendGathered(socket, first)
    else
      socket.cork(() => {
        for (const message of messages) this.#sendGathered(socket, message)
      })
  }

  // For the engine's callbacks.

  opened(socket: UwsSocket<SocketData>): void {
    this.#socket = socket
  }

  /**
   * The engine has room again. It also calls this when it always had room. Core is told later, because a
   * message that is sent within this callback or in a microtask of it can wait forever: the engine stops
   * asking the system for writability when the callback returns.
   */
  drained(): void {
    setImmediate(() => this.#afterDrain())
  }

  #afterDrain(): void {
    if (this.bufferedAmount > 0) return
    if (this.#isBacklogged) {
      this.#isBacklogged = false
      this.#socket?.[LISTENER]?.drained()
    }
    if (typeof this.#ending === 'object') this.#end(this.#ending.code, this.#ending.reason)
  }

  /** @param text the client's close reason, or the engine's own diagnosis with the code 1006 */
  closed(code: number, text: string): void {
    const listener = this.#socket?.[LISTENER]
    this.#socket = undefined
    // After `end` the engine reports the code that it was given, as if the client had answered.
    if (this.#ending === 'told') listener?.closed('lost')
    else if (code !== 1006) listener?.closed('client', code, text)
    else if (text === UNREADABLE_CLOSE) listener?.closed('client')
    else listener?.closed(CAUSE_OF_DIAGNOSIS.get(text) ?? 'lost')
  }

  /** Adds a message to the burst. Returns `false` when it must be sent now. */
  #gather(socket: UwsSocket<SocketData>, data: string | Bytes, type: MessageType): boolean {
    const isText = typeof data === 'string'
    // Bytes that are sent as text are rare, and a burst does not store their type.
    if (isText !== (type === 'text') || (isText && data.length > MAX_GATHERED)) return false
    const size = isText ? Buffer.byteLength(data) : data.byteLength
    if (size > MAX_GATHERED || !this.#hasRoom(socket, size)) return false
    turn.add(this, isText ? data.toWellFormed() : data, size)
    return true
  }

  /** Whether a message can be gathered. It then counts as sent. */
  #hasRoom(socket: UwsSocket<SocketData>, size: number): boolean {
    const { burst } = this
    if (burst !== undefined) {
      return burst.size + size <= this.#maxBurst && burst.messages.length < MAX_MESSAGES
    }
    // Behind a backlog it would be queued, and core must know that.
    return size <= this.#maxBurst && !this.#isBacklogged && socket.getBufferedAmount() === 0
  }

  #sendGathered(
    socket: UwsSocket<SocketData>,
    message: string | Uint8Array | PreparedPayload,
  ): void {
    if (typeof message === 'object' && 'isBinary' in message) {
      const { bytes, isBinary } = message
      this.#result(socket.send(bytes, isBinary, this.#compresses && isWorthCompressing(bytes)))
    } else {
      const compress = this.#compresses && isWorthCompressing(message)
      this.#result(socket.send(message, typeof message !== 'string', compress))
    }
  }

  #result(result: number): SendResult {
    if (result === SENT) return 'sent'
    this.#isBacklogged = true
    return 'queued'
  }

  #end(code: number, reason: string): void {
    this.#ending = 'told'
    this.#socket?.end(code, reason.toWellFormed())
  }
}

const PAYLOAD = Symbol('payload')

/** The engine reads an ArrayBuffer fastest. */
function makePayload({ bytes, type }: Prepared): PreparedPayload {
  return { bytes: new Uint8Array(bytes).buffer, isBinary: type === 'binary' }
}

function isWorthCompressing(data: string | Bytes): boolean {
  return Buffer.byteLength(data) >= COMPRESSION_THRESHOLD
}

/**
 * The engine's diagnosis for a close frame whose content it does not report. It also treats the codes 1012 to
 * 1014 and 3000 to 3999 as invalid.
 */
const UNREADABLE_CLOSE = 'Received invalid close payload'

/** The causes by the engine's diagnosis, which is a text only. */
const CAUSE_OF_DIAGNOSIS: ReadonlyMap<string, TransportCloseCause> = new Map([
  ['Received too big message', 'message-too-big'],
  ['Received too big message, or other inflation error', 'message-too-big'],
  ['Received invalid UTF-8', 'invalid-data'],
  ['Received invalid WebSocket frame', 'protocol-error'],
])

/**
 * Data as the engine is given it. It would write a lone surrogate as three bytes that are not UTF-8, for which
 * clients end their connections. So it is given U+FFFD, as encoders of the web write it. For a text in which
 * every character has one byte in V8, this takes a few nanoseconds.
 */
function sendable(data: string | Bytes): string | Bytes {
  if (typeof data === 'string') return data.toWellFormed()
  return ArrayBuffer.isView(data) ? outOfHeap(data) : data
}

/** V8 keeps typed arrays up to this size in bytes in its heap, unless they are views of an ArrayBuffer. */
const MAX_IN_HEAP = 64

/** Views of one piece of memory, by their length. */
const scratch: readonly Uint8Array[] = scratchViews()

/**
 * Copies small arrays out of V8's heap. The engine asks a typed array for its ArrayBuffer, which V8 has to make
 * for an array in its heap. That takes half a microsecond, a third of the time of a small echo. The copy takes
 * a tenth of that. The engine reads it before `send` returns.
 */
function outOfHeap(data: Uint8Array): Uint8Array {
  const view = scratch[data.length]
  if (view === undefined) return data
  view.set(data)
  return view
}

function scratchViews(): Uint8Array[] {
  const memory = new ArrayBuffer(MAX_IN_HEAP)
  return Array.from({ length: MAX_IN_HEAP + 1 }, (_, length) => new Uint8Array(memory, 0, length))
}
