import type { Traffic } from '../protocol.ts'
import { MessageRing } from './message-ring.ts'

/** More would not stay in the processor's cache, and make the load generator slow. */
const MAX_BYTES = 8 * 1024 * 1024

/**
 * Messages for every connection: of its own as long as they take little memory, else the same ones
 * for several connections.
 */
export class RingPool {
  readonly #traffic: Traffic
  readonly #rings: MessageRing[] = []
  #bytes = 0
  #handedOut = 0

  constructor(traffic: Traffic) {
    this.#traffic = traffic
  }

  next(): MessageRing {
    const used = this.#rings[this.#handedOut++ % Math.max(this.#rings.length, 1)]
    if (used !== undefined && this.#bytes > MAX_BYTES) return used.another()
    const ring = MessageRing.make(this.#traffic, this.#rings.length)
    this.#rings.push(ring)
    this.#bytes += ring.byteLength
    return ring
  }
}
