import type { Bytes } from '../runtime/bytes.ts'
import type { Burst, GatheredMessage } from './burst.ts'
import { COMPRESSION_THRESHOLD, type MessageType } from './message.ts'
import type { Prepared } from './prepared.ts'
import type { SendResult, Transport, TransportCloseCause, TransportListener } from './transport.ts'
import { type BurstSender, MAX_BURST, type TurnBatch } from './turn-batch.ts'

/** The close code with which engines tell an end without a close frame of the client (RFC 6455, section 7.1.5). */
const ABNORMAL = 1006

/** A socket of such an engine: what all of them have. */
export interface CorkedSocket {
  /** Bytes that the network has not taken. */
  getBufferedAmount(): number
  /** Sends what is sent within the callback in one write. */
  cork(callback: () => void): unknown
  ping(): unknown
}

/**
 * A transport on an engine that keeps what the network has not taken, in order, and that puts together what is sent
 * within its own callbacks and within `cork`: uWebSockets, and what is built on it. An adapter turns the engine's
 * limit off, because it would drop messages, pings and close frames.
 */
export abstract class CorkedTransport<Socket extends CorkedSocket>
  implements Transport, BurstSender
{
  /** The connection that core has made. */
  listener: TransportListener | undefined
  /** The socket. `undefined` after the engine has closed it. */
  protected socket: Socket | undefined
  readonly #turn: TurnBatch
  readonly #compresses: boolean
  readonly maxBurst: number
  burst: Burst | undefined
  #isBacklogged = false
  /** A close that waits for earlier messages, or `'told'` when the engine was told to end the connection. */
  #ending: { readonly code: number; readonly reason: string } | 'told' | undefined

  /**
   * @param turn that of all connections of the thread, because they share its event loop
   * @param compresses whether the connection has agreed on permessage-deflate
   * @param maxBufferedAmount the option of the endpoint
   */
  constructor(turn: TurnBatch, compresses: boolean, maxBufferedAmount: number) {
    this.#turn = turn
    this.#compresses = compresses
    this.maxBurst = Math.min(MAX_BURST, maxBufferedAmount)
  }

  // For an adapter to say.

  abstract byteLength(text: string): number

  /**
   * Gives the engine a message, which it reads before this returns. A string is always a text.
   *
   * @returns whether the network has taken it. `false` when it waits.
   */
  protected abstract write(
    socket: Socket,
    data: string | Bytes,
    type: MessageType,
    compress: boolean,
  ): boolean

  /** What the engine is to be given of a prepared message. */
  protected abstract preparedData(message: Prepared): string | Bytes

  /** What the engine reads fastest of what was just sent. It may be memory that is used again. */
  protected readable(data: string | Bytes): string | Bytes {
    return data
  }

  /** Ends the connection with a close frame. The engine may call `closed` before this returns. */
  protected abstract end(socket: Socket, code: number, reason: string): void

  /** Ends the connection at once. The engine may call `closed` before this returns. */
  protected abstract cut(socket: Socket): void

  /** @param diagnosis what the engine says of an end without a close frame of the client */
  protected abstract causeOf(diagnosis: string): TransportCloseCause

  // For core.

  get bufferedAmount(): number {
    return (this.socket?.getBufferedAmount() ?? 0) + (this.burst?.size ?? 0)
  }

  get backlog(): number {
    return this.bufferedAmount
  }

  send(data: string | Bytes, type: MessageType): SendResult {
    const { socket } = this
    if (socket === undefined) return 'closed'
    if (!this.#turn.isWithin(socket) && this.#turn.gather(this, data, type)) return 'sent'
    // Checked here, because flush() has a closure, for which V8 allocates at the start of the call.
    if (this.burst !== undefined) this.flush()
    return this.#send(socket, this.readable(data), type)
  }

  sendPrepared(message: Prepared): SendResult {
    const { socket } = this
    if (socket === undefined) return 'closed'
    if (!this.#turn.isWithin(socket) && this.#turn.gatherPrepared(this, message)) return 'sent'
    if (this.burst !== undefined) this.flush()
    return this.#sendGathered(socket, message)
  }

  ping(): void {
    this.flush()
    this.socket?.ping()
  }

  close(code: number, reason: string): void {
    this.flush()
    // Such an engine ends a socket seconds after its close frame, even when messages still wait. So the close waits
    // for them, at most for core's closeTimeout.
    if (this.bufferedAmount > 0) this.#ending = { code, reason }
    else this.#end(code, reason)
  }

  terminate(): void {
    this.flush()
    this.#ending = 'told'
    if (this.socket !== undefined) this.cut(this.socket)
  }

  // For the turn.

  get isBackedUp(): boolean {
    return this.#isBacklogged || (this.socket?.getBufferedAmount() ?? 0) > 0
  }

  /** Sends what waits. Whether the network has taken all of it is only known with the next message. */
  flush(): void {
    if (this.burst === undefined) return
    const { messages } = this.burst
    this.burst = undefined
    const { socket } = this
    if (socket === undefined) return
    const first = messages[0]
    if (messages.length === 1 && first !== undefined) this.#sendGathered(socket, first)
    else
      socket.cork(() => {
        for (const message of messages) this.#sendGathered(socket, message)
      })
  }

  // For the engine's callbacks.

  /** The engine has made the WebSocket. */
  opened(socket: Socket): void {
    this.socket = socket
  }

  /**
   * Makes the connection. To be called after `opened`.
   *
   * @param admission the `Admission` of the request
   */
  admit(admission: { accept(transport: Transport): TransportListener; abandon(): void }): void {
    if (this.socket === undefined) {
      admission.abandon()
      return
    }
    this.listener = admission.accept(this)
    this.listener.opened()
  }

  /** The engine has room again. It may say so while something waits, or when it always had room. */
  drained(): void {
    if (this.socket === undefined || this.bufferedAmount > 0) return
    if (this.#isBacklogged) {
      this.#isBacklogged = false
      this.listener?.drained()
    }
    if (typeof this.#ending === 'object') this.#end(this.#ending.code, this.#ending.reason)
  }

  /** @param text the client's close reason, or the engine's own diagnosis with the code 1006 */
  closed(code: number, text: string): void {
    this.socket = undefined
    // Once it was told to close, the engine reports the code that it was given, as if the client had answered.
    if (this.#ending === 'told') this.listener?.closed('lost')
    else if (code !== ABNORMAL) this.listener?.closed('client', code, text)
    else this.listener?.closed(this.causeOf(text))
  }

  #sendGathered(socket: Socket, message: GatheredMessage): SendResult {
    if (typeof message === 'string') return this.#send(socket, message, 'text')
    if (ArrayBuffer.isView(message)) return this.#send(socket, message, 'binary')
    return this.#send(socket, this.preparedData(message), message.type)
  }

  #send(socket: Socket, data: string | Bytes, type: MessageType): SendResult {
    const compress = this.#compresses && this.#isWorthCompressing(data)
    if (this.write(socket, data, type, compress)) return 'sent'
    this.#isBacklogged = true
    return 'queued'
  }

  #isWorthCompressing(data: string | Bytes): boolean {
    const size = typeof data === 'string' ? this.byteLength(data) : data.byteLength
    return size >= COMPRESSION_THRESHOLD
  }

  #end(code: number, reason: string): void {
    this.#ending = 'told'
    if (this.socket !== undefined) this.end(this.socket, code, reason)
  }
}
