/** Collects the header of a frame from a server, byte by byte (RFC 6455, section 5.2). */
export class FrameHeader {
  readonly #bytes = Buffer.alloc(10)
  #length = 0

  /** Takes one byte. Returns whether the header is complete with it. */
  add(byte: number): boolean {
    this.#bytes[this.#length++] = byte
    const isComplete = this.#length >= 2 && this.#length >= this.#needed
    if (isComplete) this.#length = 0
    return isComplete
  }

  get first(): number {
    return this.#bytes[0] ?? 0
  }

  get opcode(): number {
    return this.first & 0x0f
  }

  /** Bytes of the payload. */
  get payload(): number {
    const length = (this.#bytes[1] ?? 0) & 0x7f
    if (length < 126) return length
    return length === 126 ? this.#bytes.readUInt16BE(2) : this.#bytes.readUInt32BE(6)
  }

  get #needed(): number {
    const length = (this.#bytes[1] ?? 0) & 0x7f
    if (length < 126) return 2
    return length === 126 ? 4 : 10
  }
}
