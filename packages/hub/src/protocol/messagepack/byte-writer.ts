/** Memory that is kept for the next record. */
const KEPT_SIZE = 16 * 1024

/** Writes bytes into memory that grows. */
export class ByteWriter {
  #bytes = new Uint8Array(KEPT_SIZE)
  #at = 0

  /** How many bytes have been written. */
  get size(): number {
    return this.#at
  }

  /** Goes back to a size that it had. */
  truncate(size: number): void {
    this.#at = size
  }

  /** Forgets everything, and gives up memory that a large record has needed. */
  reset(): void {
    this.#at = 0
    if (this.#bytes.length > KEPT_SIZE) this.#bytes = new Uint8Array(KEPT_SIZE)
  }

  /** A copy of all from `start` on. */
  copyFrom(start: number): Uint8Array {
    return this.#bytes.slice(start, this.#at)
  }

  byte(byte: number): void {
    this.#reserve(1)
    this.#bytes[this.#at++] = byte
  }

  /** Overwrites one byte. */
  byteAt(at: number, byte: number): void {
    this.#bytes[at] = byte
  }

  bytes(bytes: Uint8Array): void {
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.#at)
    this.#at += bytes.length
  }

  /** The lowest bytes of an integer, four at most, the highest of them first. */
  integer(value: number, size: number): void {
    this.#reserve(size)
    this.#at += size
    this.integerAt(this.#at - size, value, size)
  }

  /** Overwrites an integer. */
  integerAt(start: number, value: number, size: number): void {
    // Only the lowest 32 bits are left.
    let rest = value | 0
    for (let at = start + size - 1; at >= start; at--) {
      this.#bytes[at] = rest
      rest >>= 8
    }
  }

  /**
   * The characters of a text as far as they are ASCII.
   *
   * @returns whether all of them were
   */
  ascii(text: string): boolean {
    this.#reserve(text.length)
    const bytes = this.#bytes
    let at = this.#at
    for (let index = 0; index < text.length; index++) {
      const unit = text.charCodeAt(index)
      if (unit >= 0x80) return false
      bytes[at++] = unit
    }
    this.#at = at
    return true
  }

  #reserve(size: number): void {
    const needed = this.#at + size
    if (needed <= this.#bytes.length) return
    const bytes = new Uint8Array(Math.max(needed, 2 * this.#bytes.length))
    bytes.set(this.#bytes)
    this.#bytes = bytes
  }
}
