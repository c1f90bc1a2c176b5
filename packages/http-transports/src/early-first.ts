import type {
  Bytes,
  MessageType,
  TransportCloseCause,
  TransportListener,
} from '@wirebeat/core/extension'
import type { Arrival } from './inbound.ts'

/** Tells a connection what came before its WebSocket was open, and then what happens to the WebSocket. */
export class EarlyFirst implements TransportListener {
  readonly #listener: TransportListener
  #early: readonly Arrival[]

  constructor(listener: TransportListener, early: readonly Arrival[]) {
    this.#listener = listener
    this.#early = early
  }

  opened(): void {
    const early = this.#early
    this.#early = []
    this.#listener.opened()
    for (const { data, type } of early) this.#listener.message(data, type)
  }

  message(data: string | Bytes, type: MessageType): void {
    this.#listener.message(data, type)
  }

  pinged(): void {
    this.#listener.pinged()
  }

  ponged(): void {
    this.#listener.ponged()
  }

  alive(): void {
    this.#listener.alive()
  }

  drained(): void {
    this.#listener.drained()
  }

  closing(cause: TransportCloseCause, code?: number, reason?: string): void {
    this.#listener.closing(cause, code, reason)
  }

  ignored(bytes: number): void {
    this.#listener.ignored(bytes)
  }

  closed(cause: TransportCloseCause, code?: number, reason?: string): void {
    this.#listener.closed(cause, code, reason)
  }
}
