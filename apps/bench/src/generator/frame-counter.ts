import { Opcode, type OtherFrame } from '@wirebeat/test-support/wire'

const RSV1_AND_FIN = 0xc0

/**
 * Counts compressed messages by their headers, and reads other frames. What is in them is not looked at: each
 * server compresses in its own way.
 */
export class FrameCounter {
  readonly #onOther: (frame: OtherFrame) => void
  readonly #header = Buffer.alloc(10)
  #headerLength = 0
  /** Bytes of the payload that are still to come. */
  #left = 0
  /** The payload of a frame that is no compressed message. */
  #other: Buffer[] | undefined

  constructor(onOther: (frame: OtherFrame) => void) {
    this.#onOther = onOther
  }

  /** Takes the bytes from `at` to `end`, and returns how many messages are complete with them. */
  read(chunk: Buffer, at: number, end: number): number {
    let complete = 0
    while (at < end) {
      if (this.#left === 0 && !this.#isPayloadNext()) {
        this.#header[this.#headerLength++] = chunk[at++] ?? 0
        if (!this.#isPayloadNext()) continue
        this.#begin()
      } else {
        const take = Math.min(this.#left, end - at)
        this.#other?.push(Buffer.from(chunk.subarray(at, at + take)))
        this.#left -= take
        at += take
      }
      if (this.#left === 0 && this.#finish()) complete++
    }
    return complete
  }

  /** Whether the header is complete. */
  #isPayloadNext(): boolean {
    const length = (this.#header[1] ?? 0) & 0x7f
    const needed = length < 126 ? 2 : length === 126 ? 4 : 10
    return this.#headerLength >= 2 && this.#headerLength >= needed
  }

  #begin(): void {
    const length = (this.#header[1] ?? 0) & 0x7f
    if (length < 126) this.#left = length
    else if (length === 126) this.#left = this.#header.readUInt16BE(2)
    else this.#left = this.#header.readUInt32BE(6)
    this.#other = this.#isMessage ? undefined : []
  }

  get #isMessage(): boolean {
    const first = this.#header[0] ?? 0
    return (first & RSV1_AND_FIN) === RSV1_AND_FIN && (first & 0x0f) === Opcode.text
  }

  /** Returns whether it was a message. */
  #finish(): boolean {
    const isMessage = this.#isMessage
    const payload = Buffer.concat(this.#other ?? [])
    const opcode = (this.#header[0] ?? 0) & 0x0f
    this.#headerLength = 0
    this.#header.fill(0)
    this.#other = undefined
    if (!isMessage) this.#onOther({ opcode, payload })
    return isMessage
  }
}
