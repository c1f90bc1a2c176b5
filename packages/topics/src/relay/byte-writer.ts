import { encodeText } from '@wirebeat/core/extension'

const FIRST_CAPACITY = 256
/** How much memory a writer keeps for what it writes next, in bytes. */
const KEPT_CAPACITY = 65_536
/** Longer texts are left to the engine, which takes a fifth of a microsecond before it begins. */
const SHORT = 64

/** Bytes that are written one after the other. It is used again after `finish`. */
export class ByteWriter {
  #bytes = new Uint8Array(FIRST_CAPACITY)
  #length = 0

  byte(value: number): void {
    this.#reserve(1)
    this.#bytes[this.#length++] = value
  }

  /** A whole number from 0 on, seven bits in each byte, the lowest first. */
  number(value: number): void {
    let rest = value
    for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) this.byte((rest % 0x80) + 0x80)
    this.byte(rest)
  }

  /** Bytes, with their number before them. */
  block(bytes: Uint8Array): void {
    this.number(bytes.length)
    this.raw(bytes)
  }

  text(text: string): void {
    if (text.length > SHORT || !this.#shortText(text)) this.block(encodeText(text))
  }

  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
  }

  /** What was written, in memory of its own. The next bytes begin anew. */
  finish(): Uint8Array {
    const written = this.#bytes.slice(0, this.#length)
    this.#length = 0
    if (this.#bytes.length > KEPT_CAPACITY) this.#bytes = new Uint8Array(FIRST_CAPACITY)
    return written
  }

  /** Writes a text of ASCII. Returns whether it was one; else nothing was written. */
  #shortText(text: string): boolean {
    this.#reserve(1 + text.length)
    // Below 128, which takes one byte.
    this.#bytes[this.#length] = text.length
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index)
      if (code > 0x7f) return false
      this.#bytes[this.#length + 1 + index] = code
    }
    this.#length += 1 + text.length
    return true
  }

  #reserve(count: number): void {
    const needed = this.#length + count
    if (needed <= this.#bytes.length) return
    const larger = new Uint8Array(Math.max(needed, 2 * this.#bytes.length))
    larger.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = larger
  }
}
