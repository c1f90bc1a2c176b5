import type { MessageType } from '../connection/message.ts'
import type { SendResult, Transport, TransportListener } from '../connection/transport.ts'
import { type Bytes, bytesOf, encodeText } from '../runtime/bytes.ts'
import { Valve } from './valve.ts'

/** A message, a control frame or the end, as it arrives at the client. */
export type Arrival =
  | { readonly kind: 'text' | 'binary' | 'ping' | 'pong'; readonly data: Uint8Array }
  | { readonly kind: 'close'; readonly code: number; readonly reason: string }
  /** The connection has ended. Always the last arrival. */
  | { readonly kind: 'end' }

/**
 * A connection in memory, without frames and without delay. It is the transport of the server, and its
 * `client…` methods are the client. Each call reaches the other end before it returns, or, while the other end
 * is paused, when that reads again.
 */
export class MemoryPipe implements Transport {
  readonly #networkBuffer: number
  readonly #toClient: Valve<Arrival>
  readonly #toServer = new Valve<() => void>((arrive) => {
    if (this.#state !== 'ended') arrive()
  })
  #listener: TransportListener | undefined
  #state: 'open' | 'closing' | 'ended' = 'open'
  /** Bytes of messages that wait for a client that is paused. */
  #bytesForClient = 0
  #hasClientClosed = false
  #isBacklogged = false

  /**
   * @param networkBuffer how many bytes the network takes while the client is paused
   * @param onArrival called with everything that reaches the client
   */
  constructor(networkBuffer: number, onArrival: (arrival: Arrival) => void) {
    this.#networkBuffer = networkBuffer
    this.#toClient = new Valve((arrival) => {
      this.#bytesForClient -= sizeOf(arrival)
      onArrival(arrival)
    })
  }

  /** Connects the server's end. */
  open(listener: TransportListener): void {
    this.#listener = listener
    listener.opened()
  }

  // The server's end.

  get bufferedAmount(): number {
    return Math.max(0, this.#bytesForClient - this.#networkBuffer)
  }

  get backlog(): number {
    return this.bufferedAmount
  }

  send(data: string | Bytes, type: MessageType): SendResult {
    if (this.#state !== 'open') return 'closed'
    const bytes = typeof data === 'string' ? encodeText(data) : new Uint8Array(bytesOf(data))
    this.#tellClient({ kind: type, data: bytes })
    if (this.bufferedAmount === 0) return 'sent'
    this.#isBacklogged = true
    return 'queued'
  }

  byteLength(text: string): number {
    return encodeText(text).byteLength
  }

  ping(): void {
    this.#tellClient({ kind: 'ping', data: new Uint8Array(0) })
  }

  close(code: number, reason: string): void {
    this.#state = 'closing'
    this.#tellClient({ kind: 'close', code, reason })
  }

  terminate(): void {
    this.#end()
  }

  pause(): void {
    this.#toServer.shut()
  }

  resume(): void {
    this.#toServer.open()
  }

  // The client's end.

  clientSends(data: Uint8Array, type: MessageType): void {
    // An ArrayBuffer, as some engines give it, so that a session that expects a view fails in tests too.
    const { buffer } = new Uint8Array(data)
    this.#toServer.put(() => this.#listener?.message(buffer, type))
  }

  clientPings(data: Uint8Array): void {
    this.#toServer.put(() => {
      this.#tellClient({ kind: 'pong', data })
      this.#listener?.pinged()
    })
  }

  clientPongs(): void {
    this.#toServer.put(() => this.#listener?.ponged())
  }

  /** The client closes, or answers the server's close frame. Only the first call has an effect. */
  clientCloses(code: number, reason: string): void {
    if (this.#hasClientClosed) return
    this.#hasClientClosed = true
    this.#toServer.put(() => {
      if (this.#state === 'open') this.#tellClient({ kind: 'close', code, reason })
      this.#end(() => this.#listener?.closed('client', code, reason))
    })
  }

  /** The connection ends without a close frame. */
  clientVanishes(): void {
    this.#end(() => this.#listener?.closed('lost'))
  }

  clientPauses(): void {
    this.#toClient.shut()
  }

  clientResumes(): void {
    this.#toClient.open()
    if (!this.#isBacklogged || this.bufferedAmount > 0 || this.#state === 'ended') return
    this.#isBacklogged = false
    this.#listener?.drained()
  }

  #tellClient(arrival: Arrival): void {
    if (this.#state === 'ended') return
    this.#bytesForClient += sizeOf(arrival)
    this.#toClient.put(arrival)
  }

  #end(tell?: () => void): void {
    if (this.#state === 'ended') return
    this.#tellClient({ kind: 'end' })
    this.#state = 'ended'
    tell?.()
  }
}

function sizeOf(arrival: Arrival): number {
  return arrival.kind === 'text' || arrival.kind === 'binary' ? arrival.data.length : 0
}
