import {
  type Admission,
  type Bytes,
  COMPRESSION_THRESHOLD,
  type MessageType,
  type SendResult,
  type Transport,
  type TransportCloseCause,
  type TurnWaiter,
} from '@wirebeat/core/adapter'
import { LISTENER, type UwsSocket } from './engine.ts'
import { type Burst, MAX_BURST, type Sender, turn } from './turn.ts'

/** What is given to the engine for each socket. */
export interface SocketData {
  readonly transport: UwsTransport
}

/** Messages that are larger leave at once: to copy them costs more than it saves. */
const MAX_GATHERED = 4 * 1024

/** What the engine's `send` returns. The third value, 2, a dropped message, needs a limit to occur. */
const SENT = 1

/** A socket of uWebSockets.js as core's transport. */
export class UwsTransport implements Transport, Sender {
  /** The socket while it may be touched: every method throws once the engine has closed it. */
  #socket: UwsSocket<SocketData> | undefined
  readonly #compresses: boolean
  burst: Burst | undefined
  #isBacklogged = false
  /** What was asked for: a close behind all that waits, or an end that the engine has been told of. */
  #ending: { readonly code: number; readonly reason: string } | 'told' | undefined

  constructor(compresses: boolean) {
    this.#compresses = compresses
  }

  // For core.

  get canPause(): boolean {
    return false
  }

  get bufferedAmount(): number {
    return (this.#socket?.getBufferedAmount() ?? 0) + (this.burst?.size ?? 0)
  }

  get backlog(): number {
    return this.bufferedAmount
  }

  send(data: string | Bytes, type: MessageType): SendResult {
    if (this.#socket === undefined) return 'closed'
    if (turn.isEnding && this.#gather(this.#socket, data, type)) return 'sent'
    // Looked at here: flush makes a closure, whose variables V8 allocates as soon as it is called.
    if (this.burst !== undefined) this.flush()
    const message = data instanceof Uint8Array ? outOfHeap(data) : data
    const compress = this.#compresses && isWorthCompressing(data)
    if (this.#socket.send(message, type === 'binary', compress) === SENT) return 'sent'
    this.#isBacklogged = true
    return 'queued'
  }

  byteLength(text: string): number {
    return Buffer.byteLength(text)
  }

  awaitTurnEnd(waiter: TurnWaiter): boolean {
    return turn.awaitEnd(waiter)
  }

  together(call: () => void): void {
    if (this.#socket === undefined) call()
    else this.#socket.cork(call)
  }

  ping(): void {
    this.flush()
    this.#socket?.ping()
  }

  close(code: number, reason: string): void {
    this.flush()
    // The engine ends a socket seconds after `end`, whatever still waits in it. So what was sent
    // before goes out first; core's closeTimeout bounds the wait.
    if (this.bufferedAmount > 0) this.#ending = { code, reason }
    else this.#end(code, reason)
  }

  terminate(): void {
    this.flush()
    this.#ending = 'told'
    this.#socket?.close()
  }

  // The engine cannot do these; `canPause` says so.
  pause(): void {}
  resume(): void {}

  /** Makes the connection, once the engine has made the WebSocket. */
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

  /** That the network does not take all of it shows with the next message. */
  flush(): void {
    if (this.burst === undefined) return
    const { messages } = this.burst
    this.burst = undefined
    const socket = this.#socket
    if (socket === undefined) return
    socket.cork(() => {
      for (const message of messages) {
        const compress = this.#compresses && isWorthCompressing(message)
        const result = socket.send(message, typeof message !== 'string', compress)
        if (result !== SENT) this.#isBacklogged = true
      }
    })
  }

  // For the engine's callbacks.

  opened(socket: UwsSocket<SocketData>): void {
    this.#socket = socket
  }

  /**
   * The engine has room again; it also says so when it never had none. Core is told a moment later:
   * what is sent within this callback, or in a microtask of it, can wait forever, because the engine
   * stops asking the system for writability when the callback returns.
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

  /** @param text the peer's close reason, or, with the code 1006, the engine's own diagnosis */
  closed(code: number, text: string): void {
    const listener = this.#socket?.[LISTENER]
    this.#socket = undefined
    // After `end` the engine reports the code that it was given, as if the peer had answered.
    if (this.#ending === 'told') listener?.closed('lost')
    else if (code !== 1006) listener?.closed('client', code, text)
    else if (text === UNREADABLE_CLOSE) listener?.closed('client')
    else listener?.closed(CAUSE_OF_DIAGNOSIS.get(text) ?? 'lost')
  }

  /** Returns `false` for what must be sent now. */
  #gather(socket: UwsSocket<SocketData>, data: string | Bytes, type: MessageType): boolean {
    const isText = typeof data === 'string'
    // Bytes that are text are rare, and it cannot be seen of them later.
    if (isText !== (type === 'text') || (isText && data.length > MAX_GATHERED)) return false
    const size = isText ? Buffer.byteLength(data) : data.byteLength
    const { burst } = this
    // What is gathered counts as sent. Behind a backlog it would be queued, which core has to know.
    const hasRoom = burst
      ? burst.size + size <= MAX_BURST
      : !this.#isBacklogged && socket.getBufferedAmount() === 0
    if (size > MAX_GATHERED || !hasRoom) return false
    turn.add(this, data, size)
    return true
  }

  #end(code: number, reason: string): void {
    this.#ending = 'told'
    this.#socket?.end(code, reason)
  }
}

function isWorthCompressing(data: string | Bytes): boolean {
  return Buffer.byteLength(data) >= COMPRESSION_THRESHOLD
}

/**
 * A close frame came, but the engine does not tell what was in it: it takes the codes 1012 to 1014
 * and 3000 to 3999 for invalid as well.
 */
const UNREADABLE_CLOSE = 'Received invalid close payload'

/** The engine's words for what it has found, which are all that tells the causes apart. */
const CAUSE_OF_DIAGNOSIS: ReadonlyMap<string, TransportCloseCause> = new Map([
  ['Received too big message', 'message-too-big'],
  ['Received too big message, or other inflation error', 'message-too-big'],
  ['Received invalid UTF-8', 'invalid-data'],
  ['Received invalid WebSocket frame', 'protocol-error'],
])

/** Typed arrays up to this size live in V8's heap, unless they are views of an ArrayBuffer. */
const MAX_IN_HEAP = 64

/** Views of one piece of memory, by their length. */
const scratch: readonly Uint8Array[] = scratchViews()

/**
 * The engine asks a typed array for its ArrayBuffer, and V8 has to make one for an array that lives
 * in its heap: half a microsecond, as much as a third of the whole echo of a small message. The copy
 * costs a tenth of that, and the engine has taken it before `send` returns.
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
