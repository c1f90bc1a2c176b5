import {
  type Bytes,
  type HttpHost,
  isPrepared,
  type MessageType,
  type Prepared,
  type SendResult,
  type Transport,
  type TransportCloseCause,
  type TransportListener,
} from '@wirebeat/core/extension'

/** The transport that sends by a wire. */
export interface WireOwner {
  wireOpened(wire: Wire): void
  wireDrained(): void
  wireClosing(wire: Wire, cause: TransportCloseCause, code?: number, reason?: string): void
  wireClosed(cause: TransportCloseCause, code?: number, reason?: string): void
  /** A wire that was left has ended. */
  wireGone(wire: Wire): void
}

/** One WebSocket of a connection that may have several, one after the other. */
export class Wire implements TransportListener {
  readonly transport: Transport
  readonly #owner: WireOwner
  /** The connection. `undefined` before it is open, and after another wire has come or this one was given up. */
  listener: TransportListener | undefined
  /** Whether something waits for the network. */
  isBacklogged = false
  #isLeft = false
  #isOver = false
  #cancelTimeout: (() => void) | undefined

  constructor(transport: Transport, owner: WireOwner) {
    this.transport = transport
    this.#owner = owner
  }

  // For the owner.

  send(message: string | Uint8Array | Prepared): SendResult {
    const result = sendBy(this.transport, message)
    if (result === 'queued') this.isBacklogged = true
    return result
  }

  /**
   * Closes it, because another one has come, or none is wanted.
   *
   * @param isPaused whether it is not being read
   */
  leave({ clock, options }: HttpHost, isPaused: boolean): void {
    this.#giveUp()
    this.#cancelTimeout = clock.schedule(() => this.drop(), options.closeTimeout)
    this.transport.close(1000, '')
    // So that the client's close frame arrives.
    if (isPaused && !this.#isOver) this.transport.resume?.()
  }

  /** Ends it without a word. */
  drop(): void {
    if (this.#isOver) return
    const wasLeft = this.#isLeft
    this.#giveUp()
    if (this.transport.terminate !== undefined) {
      this.#end()
      this.transport.terminate()
    } else if (!wasLeft) {
      this.transport.close(1000, '')
    }
  }

  #giveUp(): void {
    this.#isLeft = true
    this.listener = undefined
  }

  /** Nothing may be called any more. */
  #end(): void {
    this.#isOver = true
    this.#cancelTimeout?.()
    if (this.#isLeft) this.#owner.wireGone(this)
  }

  // For the adapter.

  opened(): void {
    this.#owner.wireOpened(this)
  }

  message(data: string | Bytes, type: MessageType): void {
    this.listener?.message(data, type)
  }

  pinged(): void {
    this.listener?.pinged()
  }

  ponged(): void {
    this.listener?.ponged()
  }

  alive(): void {
    this.listener?.alive()
  }

  drained(): void {
    this.isBacklogged = false
    if (!this.#isLeft) this.#owner.wireDrained()
  }

  closing(cause: TransportCloseCause, code?: number, reason?: string): void {
    if (!this.#isLeft) this.#owner.wireClosing(this, cause, code, reason)
  }

  ignored(bytes: number): void {
    this.listener?.ignored(bytes)
  }

  closed(cause: TransportCloseCause, code?: number, reason?: string): void {
    if (this.#isOver) return
    this.#end()
    if (!this.#isLeft) this.#owner.wireClosed(cause, code, reason)
  }
}

function sendBy(transport: Transport, message: string | Uint8Array | Prepared): SendResult {
  if (typeof message === 'string') return transport.send(message, 'text')
  if (!isPrepared(message)) return transport.send(message, 'binary')
  if (transport.sendPrepared !== undefined) return transport.sendPrepared(message)
  return transport.send(message.data, message.type)
}
