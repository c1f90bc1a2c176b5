import { textOf } from './utf8.ts'

/** What another server, or a stranger on the broker, has sent cannot be read. */
export class UnreadableError extends Error {
  override readonly name = 'UnreadableError'
}

/** The factor of the last byte of a number: eight of them hold more than is safe. */
const LAST_FACTOR = 0x80 ** 7

/** Reads what a `ByteWriter` has written. What it is given is not trusted. */
export class ByteReader {
  readonly #bytes: Uint8Array
  #offset = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get remaining(): number {
    return this.#bytes.length - this.#offset
  }

  byte(): number {
    const value = this.#bytes[this.#offset]
    if (value === undefined) throw new UnreadableError('It ends too early.')
    this.#offset++
    return value
  }

  number(): number {
    let value = 0
    for (let factor = 1; factor <= LAST_FACTOR; factor *= 0x80) {
      const byte = this.byte()
      value += (byte % 0x80) * factor
      if (value > Number.MAX_SAFE_INTEGER) break
      if (byte < 0x80) return value
    }
    throw new UnreadableError('A number is too large.')
  }

  /** Bytes with their number before them, on the memory that is read. */
  block(): Uint8Array {
    return this.raw(this.number())
  }

  text(): string {
    const text = textOf(this.block())
    if (text === undefined) throw new UnreadableError('A text is not UTF-8.')
    return text
  }

  raw(count: number): Uint8Array {
    if (count > this.remaining) throw new UnreadableError('It ends too early.')
    this.#offset += count
    return this.#bytes.subarray(this.#offset - count, this.#offset)
  }
}
