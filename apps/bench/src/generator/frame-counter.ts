import { Opcode, type OtherFrame } from '@wirebeat/test-support/wire'
import { FrameHeader } from './frame-header.ts'

const RSV1_AND_FIN = 0xc0

/**
 * Counts compressed messages by their headers, and reads other frames. What is in them is not looked at: each
 * server compresses in its own way.
 */
export class FrameCounter {
  readonly #onOther: (frame: OtherFrame) => void
  readonly #header = new FrameHeader()
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
      if (this.#left === 0) {
        if (!this.#header.add(chunk[at++] ?? 0)) continue
        this.#left = this.#header.payload
        this.#other = this.#isMessage ? undefined : []
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

  get #isMessage(): boolean {
    const { first, opcode } = this.#header
    return (first & RSV1_AND_FIN) === RSV1_AND_FIN && opcode === Opcode.text
  }

  /** Returns whether it was a message. */
  #finish(): boolean {
    const isMessage = this.#isMessage
    const payload = Buffer.concat(this.#other ?? [])
    this.#other = undefined
    if (!isMessage) this.#onOther({ opcode: this.#header.opcode, payload })
    return isMessage
  }
}
