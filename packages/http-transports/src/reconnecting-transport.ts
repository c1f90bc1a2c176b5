import { prepare } from '@wirebeat/core'
import {
  type Bytes,
  bytesOf,
  type HttpHost,
  type MessageType,
  type Prepared,
  type Reconnectable,
  type ReconnectingListener,
  type SendResult,
  type SentLog,
  type Transport,
  type TransportCloseCause,
  type TransportListener,
} from '@wirebeat/core/extension'
import { byteLength } from './byte-length.ts'
import { Wire, type WireOwner } from './wire.ts'

/**
 * The transport of a connection that may outlive its WebSocket, which is its wire: once the session keeps what it sends,
 * the wire may be cut, and another one comes in its place. Meanwhile what is sent is kept.
 */
export class ReconnectingTransport implements Transport, Reconnectable, WireOwner {
  readonly #host: HttpHost
  /** How long the client may be without a wire, in milliseconds. */
  readonly #timeout: number
  /** `undefined` while there is none. */
  #wire: Wire | undefined
  /** The one that was left last, until its client has answered the close frame. */
  #left: Wire | undefined
  #listener: ReconnectingListener | undefined
  /** `undefined` until the session keeps what it sends. */
  #log: SentLog | undefined
  /** The text that was sent last, whose bytes the log has told, until core asks for them. */
  #counted: string | undefined
  #countedBytes = 0
  #isBacklogged = false
  #isPaused = false
  /** `closing`: no other wire may come. */
  #state: 'open' | 'closing' | 'over' = 'open'
  #cancelTimeout: (() => void) | undefined
  // What the engine of the first wire cannot do is left out.
  readonly terminate?: () => void
  readonly pause?: () => void
  readonly resume?: () => void
  readonly awaitTurnEnd?: NonNullable<Transport['awaitTurnEnd']>

  constructor(host: HttpHost, timeout: number, first: Transport) {
    this.#host = host
    this.#timeout = timeout
    this.#wire = new Wire(first, this)
    if (first.terminate !== undefined) this.terminate = () => this.#terminate()
    if (first.pause !== undefined) {
      this.pause = () => this.#pause()
      this.resume = () => this.#resume()
    }
    if (first.awaitTurnEnd !== undefined) {
      this.awaitTurnEnd = (waiter) => this.#wire?.transport.awaitTurnEnd?.(waiter) === true
    }
  }

  /**
   * Makes the connection.
   *
   * @returns who is told what happens to the first wire
   */
  open(open: (transport: Transport) => ReconnectingListener): TransportListener {
    // It cannot be cut before.
    const first = this.#wire as Wire
    this.#listener = open(this)
    first.listener = this.#listener
    return first
  }

  /** Whether another wire may come. */
  get isReconnectable(): boolean {
    return this.#log !== undefined && this.#state === 'open'
  }

  /** Whether no other wire may come any more. */
  get isEnding(): boolean {
    return this.#state !== 'open'
  }

  /**
   * Takes another wire.
   *
   * @returns who is told what happens to it
   */
  take(transport: Transport): TransportListener {
    return new Wire(transport, this)
  }

  // For the session.

  keepBy(log: SentLog): void {
    this.#log = log
  }

  acknowledged(): void {
    // Not within a call of the session.
    if (this.#isBacklogged) this.#host.clock.afterTurn(() => this.#ease())
  }

  // For the connection.

  get isAway(): boolean {
    return this.#wire === undefined
  }

  get bufferedAmount(): number {
    return Math.max(this.#wire?.transport.bufferedAmount ?? 0, this.#log?.excess ?? 0)
  }

  get backlog(): number {
    return this.#wire?.transport.backlog ?? 0
  }

  send(data: string | Bytes, type: MessageType): SendResult {
    if (typeof data === 'string') return this.#send(data)
    return this.#send(type === 'binary' ? bytesOf(data) : prepare(data, type))
  }

  sendPrepared(message: Prepared): SendResult {
    return this.#send(message)
  }

  byteLength(text: string): number {
    if (text === this.#counted) {
      this.#counted = undefined
      return this.#countedBytes
    }
    return this.#wire?.transport.byteLength(text) ?? byteLength(text)
  }

  flush(): void {
    this.#wire?.transport.flush?.()
  }

  ping(): void {
    this.#wire?.transport.ping?.()
  }

  holdTurn(): boolean {
    return this.#wire?.transport.holdTurn?.() === true
  }

  close(code: number, reason: string): void {
    this.#state = 'closing'
    if (this.#wire === undefined) this.#end('lost')
    else this.#wire.transport.close(code, reason)
  }

  // For the wires.

  wireOpened(wire: Wire): void {
    if (wire === this.#wire) {
      this.#listener?.opened()
      return
    }
    const log = this.#log
    const listener = this.#listener
    if (log === undefined || listener === undefined || this.#state !== 'open') {
      this.#leave(wire)
      return
    }
    this.#cancelTimeout?.()
    const former = this.#wire
    this.#wire = wire
    wire.listener = listener
    if (former !== undefined) this.#leave(former)
    if (this.#isPaused) wire.transport.pause?.()
    log.replay((message) => wire.send(message))
    listener.reconnected()
    this.#ease()
  }

  wireDrained(): void {
    this.#ease()
  }

  wireClosing(wire: Wire, cause: TransportCloseCause, code?: number, reason?: string): void {
    if (cause === 'lost' && this.isReconnectable) {
      wire.drop()
      this.#cut()
      return
    }
    if (this.#state === 'open') this.#state = 'closing'
    this.#listener?.closing(cause, code, reason)
  }

  wireClosed(cause: TransportCloseCause, code?: number, reason?: string): void {
    if (cause === 'lost' && this.isReconnectable) this.#cut()
    else this.#end(cause, code, reason)
  }

  wireGone(wire: Wire): void {
    if (wire === this.#left) this.#left = undefined
  }

  // Private.

  #send(message: string | Uint8Array | Prepared): SendResult {
    if (this.#state !== 'open') return 'closed'
    const bytes = this.#log?.add(message, this)
    if (bytes !== undefined && typeof message === 'string') {
      this.#counted = message
      this.#countedBytes = bytes
    }
    const result = this.#wire?.send(message) ?? 'closed'
    if (result === 'closed' && bytes === undefined) return this.isReconnectable ? 'sent' : 'closed'
    if (result === 'sent' && (this.#log?.excess ?? 0) === 0) return 'sent'
    this.#isBacklogged = true
    return 'queued'
  }

  /** Tells that nothing waits any more, when that is so. */
  #ease(): void {
    if (!this.#isBacklogged || this.#state === 'over') return
    if (this.#wire === undefined || this.#wire.isBacklogged) return
    if (this.#log !== undefined && this.#log.excess > 0) return
    this.#isBacklogged = false
    this.#listener?.drained()
  }

  /**
   * Closes a wire that is not wanted. One at a time may take its time to answer, and none for longer than the connection
   * lasts: they count for no limit, and a client could open any number.
   */
  #leave(wire: Wire): void {
    this.#left?.drop()
    this.#left = wire
    wire.leave(this.#host, this.#isPaused)
  }

  #cut(): void {
    this.#wire = undefined
    this.#cancelTimeout = this.#host.clock.schedule(() => this.#end('lost'), this.#timeout)
  }

  #end(cause: TransportCloseCause, code?: number, reason?: string): void {
    this.#state = 'over'
    this.#cancelTimeout?.()
    this.#left?.drop()
    this.#listener?.closed(cause, code, reason)
  }

  #terminate(): void {
    this.#state = 'over'
    this.#cancelTimeout?.()
    this.#left?.drop()
    this.#wire?.drop()
  }

  #pause(): void {
    this.#isPaused = true
    this.#wire?.transport.pause?.()
  }

  #resume(): void {
    this.#isPaused = false
    this.#wire?.transport.resume?.()
  }
}
