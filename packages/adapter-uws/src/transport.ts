import {
  type Admission,
  COMPRESSION_THRESHOLD,
  type MessageType,
  type SendResult,
  type Transport,
  type TransportCloseCause,
  type TransportListener,
} from '@wirebeat/core/adapter'
import type { UwsSocket } from './engine.ts'

/** What hangs on each socket of the engine. */
export interface SocketData {
  readonly transport: UwsTransport
}

/** What the engine's `send` returns. The third value, 2, a dropped message, needs a limit to occur. */
const SENT = 1

/** A socket of uWebSockets.js as core's transport. */
export class UwsTransport implements Transport {
  readonly canPause = false
  listener: TransportListener | undefined
  readonly #compresses: boolean
  /** Until the socket is open. */
  #admission: Admission | undefined
  /** The socket while it may be touched: every method throws once the engine has closed it. */
  #socket: UwsSocket<SocketData> | undefined
  #isBacklogged = false
  #isEnding = false
  #closeOnceDrained: { readonly code: number; readonly reason: string } | undefined

  constructor(admission: Admission) {
    this.#compresses = admission.extension !== ''
    this.#admission = admission
  }

  // For core.

  get bufferedAmount(): number {
    return this.#socket?.getBufferedAmount() ?? 0
  }

  get backlog(): number {
    return this.bufferedAmount
  }

  send(data: string | Uint8Array, type: MessageType): SendResult {
    if (this.#socket === undefined) return 'closed'
    const compress = this.#compresses && Buffer.byteLength(data) >= COMPRESSION_THRESHOLD
    if (this.#socket.send(data, type === 'binary', compress) === SENT) return 'sent'
    this.#isBacklogged = true
    return 'queued'
  }

  ping(): void {
    this.#socket?.ping()
  }

  close(code: number, reason: string): void {
    // The engine ends a socket seconds after `end`, whatever still waits in it. So what was sent
    // before goes out first; core's closeTimeout bounds the wait.
    if (this.bufferedAmount > 0) this.#closeOnceDrained = { code, reason }
    else this.#end(code, reason)
  }

  terminate(): void {
    this.#isEnding = true
    this.#socket?.close()
  }

  // The engine cannot do these; `canPause` says so.
  pause(): void {}
  resume(): void {}

  // For the engine's callbacks.

  opened(socket: UwsSocket<SocketData>): void {
    this.#socket = socket
    this.listener = this.#admission?.accept(this)
    this.#admission = undefined
    this.listener?.opened()
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
      this.listener?.drained()
    }
    // Unless what was told has ended it.
    if (this.#closeOnceDrained !== undefined && !this.#isEnding) {
      this.#end(this.#closeOnceDrained.code, this.#closeOnceDrained.reason)
    }
  }

  /** @param text the peer's close reason, or, with the code 1006, the engine's own diagnosis */
  closed(code: number, text: string): void {
    this.#socket = undefined
    // After `end` the engine reports the code that it was given, as if the peer had answered.
    if (this.#isEnding) this.listener?.closed('lost')
    else if (code !== 1006) this.listener?.closed('client', code, text)
    else if (text === UNREADABLE_CLOSE) this.listener?.closed('client')
    else this.listener?.closed(CAUSE_OF_DIAGNOSIS.get(text) ?? 'lost')
  }

  #end(code: number, reason: string): void {
    this.#isEnding = true
    this.#socket?.end(code, reason)
  }
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
