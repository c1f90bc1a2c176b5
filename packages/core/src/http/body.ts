import { type Bytes, bytesOf } from '../runtime/bytes.ts'
import type { Clock } from '../runtime/clock.ts'
import type { BodyReader } from './exchange.ts'

/** How much of a body is read. */
export interface BodyLimit {
  /** The most bytes that it may have. */
  readonly bytes: number
  /** The milliseconds within which it must have arrived. */
  readonly milliseconds: number
}

/** A body, or why there is none. */
export type Body = Uint8Array | 'too-large' | 'too-slow' | 'gone'

const NOTHING = new Uint8Array(0)

/** Collects a body. It holds at most twice what has arrived, whatever the pieces are. */
export class BodyCollector implements BodyReader {
  readonly #limit: BodyLimit
  readonly #settle: (body: Body) => void
  readonly #cancelTimeout: () => void
  #bytes = NOTHING
  #size = 0
  #isOver = false

  /** @param settle called once */
  constructor(limit: BodyLimit, clock: Clock, settle: (body: Body) => void) {
    this.#limit = limit
    this.#settle = settle
    this.#cancelTimeout = clock.schedule(() => this.fail('too-slow'), limit.milliseconds)
  }

  chunk(bytes: Bytes): void {
    if (this.#isOver) return
    const size = this.#size + bytes.byteLength
    if (size > this.#limit.bytes) {
      this.fail('too-large')
      return
    }
    this.#reserve(size)
    this.#bytes.set(bytesOf(bytes), this.#size)
    this.#size = size
  }

  end(): void {
    const bytes = this.#bytes
    this.#finish(bytes.length === this.#size ? bytes : bytes.subarray(0, this.#size))
  }

  /** There is no body. Has no effect once there is one. */
  fail(why: Exclude<Body, Uint8Array>): void {
    this.#finish(why)
  }

  #finish(body: Body): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#cancelTimeout()
    this.#bytes = NOTHING
    this.#settle(body)
  }

  #reserve(size: number): void {
    if (size <= this.#bytes.length) return
    const room = Math.min(this.#limit.bytes, Math.max(size, 2 * this.#bytes.length))
    const grown = new Uint8Array(room)
    grown.set(this.#bytes.subarray(0, this.#size))
    this.#bytes = grown
  }
}
