import { setImmediate } from 'node:timers'
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
  type TurnWaiter,
} from '@wirebeat/core/adapter'
import { LISTENER, type SocketEvents, TRANSPORT, type UwsSocket } from './engine.ts'
import { turn } from './turn.ts'

/** A result of the engine's `send`. 0: the message waits. 2: it was dropped, which needs a limit to occur. */
const SENT = 1

/** A socket of uWebSockets.js as a transport of core. */
export class UwsTransport implements Transport, BurstSender, SocketEvents {
  /** The socket. `undefined` after the engine has closed it, because every method throws then. */
  #socket: UwsSocket | undefined
  readonly #compresses: boolean
  readonly maxBurst: number
  burst: Burst | undefined
  #isBacklogged = false
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
    // Checked here, because flush() has a closure, for which V8 allocates at the start of the call.
    if (this.burst !== undefined) this.flush()
    const compress = this.#compresses && isWorthCompressing(data)
    return this.#result(socket.send(sendable(data), type === 'binary', compress))
  }

  sendPrepared(message: Prepared): SendResult {
    const socket = this.#socket
    if (socket === undefined) return 'closed'
    if (!turn.isWithin(socket) && turn.gatherPrepared(this, message)) return 'sent'
    if (this.burst !== undefined) this.flush()
    return this.#sendGathered(socket, message)
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

  opened(socket: UwsSocket): void {
    this.#socket = socket
    socket[TRANSPORT] = this
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

  #sendGathered(socket: UwsSocket, message: GatheredMessage): SendResult {
    if (typeof message === 'string' || ArrayBuffer.isView(message)) {
      const compress = this.#compresses && isWorthCompressing(message)
      const isBinary = typeof message !== 'string'
      return this.#result(
        socket.send(isBinary ? message : message.toWellFormed(), isBinary, compress),
      )
    }
    const bytes = message.made(BYTES, exactBytes)
    const compress = this.#compresses && isWorthCompressing(bytes)
    return this.#result(socket.send(bytes, message.type === 'binary', compress))
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

const BYTES = Symbol('bytes')

/** The bytes alone in an ArrayBuffer, which the engine reads fastest. */
function exactBytes({ bytes }: Prepared): ArrayBuffer {
  return new Uint8Array(bytes).buffer
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
