import { type Bytes, bytesOf } from '../runtime/bytes.ts'
import type { MessageType } from './message.ts'

/** What a message, ping or pong costs beside its bytes, so that empty ones are not free. */
export const ARRIVAL_OVERHEAD = 64

/** A message that came and was not handled yet. */
interface Arrival {
  readonly data: Uint8Array
  readonly type: MessageType
  next: Arrival | undefined
}

/** What came for a connection and waits for the next turn of the event loop: first in, first out. */
export class ArrivalQueue {
  #first: Arrival | undefined
  #last: Arrival | undefined
  #bytes = 0

  /** Bytes of what waits, and of pings and pongs since there was nothing, each with an overhead of 64. */
  get bytes(): number {
    return this.#bytes
  }

  /** The oldest message. */
  get first(): Arrival | undefined {
    return this.#first
  }

  /** Copies a message. A ping or a pong, which is no message, is only counted. */
  push(data: Bytes | undefined, type: MessageType): void {
    this.#bytes += (data?.byteLength ?? 0) + ARRIVAL_OVERHEAD
    if (data === undefined) return
    const arrival: Arrival = { data: new Uint8Array(bytesOf(data)), type, next: undefined }
    if (this.#last === undefined) this.#first = arrival
    else this.#last.next = arrival
    this.#last = arrival
  }

  /** Takes the oldest message out. */
  shift(): void {
    if (this.#first === undefined) return
    this.#bytes -= this.#first.data.byteLength + ARRIVAL_OVERHEAD
    this.#first = this.#first.next
    if (this.#first === undefined) this.#last = undefined
  }
}
