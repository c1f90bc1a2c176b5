import type { MessageType } from '../connection/message.ts'
import type { SendResult, Transport, TransportListener } from '../connection/transport.ts'
import { type Bytes, bytesOf, encodeText } from '../runtime/bytes.ts'

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
  readonly #onArrival: (arrival: Arrival) => void
  #listener: TransportListener | undefined
  #state: 'open' | 'closing' | 'ended' = 'open'
  /** Arrivals that wait for an end that is paused. `undefined` while it reads. */
  #forClient: Arrival[] | undefined
  #forServer: (() => void)[] | undefined
  #bytesForClient = 0
  #hasClientClosed = false
  #isBacklogged = false

  /**
   * @param networkBuffer how many bytes the network takes while the client is paused
   * @param onArrival called with everything that reaches the client
   */
  constructor(networkBuffer: number, onArrival: (arrival: Arrival) => void) {
    this.#networkBuffer = networkBuffer
    this.#onArrival = onArrival
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
    this.#toClient({ kind: type, data: bytes }, bytes.length)
    if (this.bufferedAmount === 0) return 'sent'
    this.#isBacklogged = true
    return 'queued'
  }

  byteLength(text: string): number {
    return encodeText(text).byteLength
  }

  ping(): void {
    this.#toClient({ kind: 'ping', data: new Uint8Array(0) })
  }

  close(code: number, reason: string): void {
    this.#state = 'closing'
    this.#toClient({ kind: 'close', code, reason })
  }

  terminate(): void {
    this.#end()
  }

  pause(): void {
    this.#forServer ??= []
  }

  resume(): void {
    const waiting = this.#forServer ?? []
    this.#forServer = undefined
    for (const arrive of waiting) this.#toServer(arrive)
  }

  // The client's end.

  clientSends(data: Uint8Array, type: MessageType): void {
    // An ArrayBuffer, as some engines give it, so that a session that expects a view fails in tests too.
    const { buffer } = new Uint8Array(data)
    this.#toServer(() => this.#listener?.message(buffer, type))
  }

  clientPings(data: Uint8Array): void {
    this.#toServer(() => {
      this.#toClient({ kind: 'pong', data })
      this.#listener?.pinged()
    })
  }

  clientPongs(): void {
    this.#toServer(() => this.#listener?.ponged())
  }

  /** The client closes, or answers the server's close frame. Only the first call has an effect. */
  clientCloses(code: number, reason: string): void {
    if (this.#hasClientClosed) return
    this.#hasClientClosed = true
    this.#toServer(() => {
      if (this.#state === 'open') this.#toClient({ kind: 'close', code, reason })
      this.#end(() => this.#listener?.closed('client', code, reason))
    })
  }

  /** The connection ends without a close frame. */
  clientVanishes(): void {
    this.#end(() => this.#listener?.closed('lost'))
  }

  clientPauses(): void {
    this.#forClient ??= []
  }

  clientResumes(): void {
    const waiting = this.#forClient ?? []
    this.#forClient = undefined
    this.#bytesForClient = 0
    for (const arrival of waiting) this.#onArrival(arrival)
    if (!this.#isBacklogged || this.#state === 'ended') return
    this.#isBacklogged = false
    this.#listener?.drained()
  }

  #toClient(arrival: Arrival, bytes = 0): void {
    if (this.#state === 'ended') return
    if (this.#forClient === undefined) {
      this.#onArrival(arrival)
    } else {
      this.#bytesForClient += bytes
      this.#forClient.push(arrival)
    }
  }

  #toServer(arrive: () => void): void {
    if (this.#state === 'ended') return
    if (this.#forServer === undefined) arrive()
    else this.#forServer.push(arrive)
  }

  #end(tell?: () => void): void {
    if (this.#state === 'ended') return
    this.#toClient({ kind: 'end' })
    this.#state = 'ended'
    tell?.()
  }
}
