import { Opcode, type OtherFrame } from '@wirebeat/test-support/wire'
import { acknowledgementSize, HUB_PINGS, HUB_WELCOME } from '../dialect.ts'
import { FrameHeader } from './frame-header.ts'

/**
 * Reads what a hub sends, and checks that it is the expected records, one after another and from the start again.
 * A server may put several of them into one frame. Pings and acknowledgements of the hub may come between them.
 */
export class RecordReader {
  readonly #records: readonly Buffer[]
  readonly #onWelcome: () => void
  readonly #onOther: (frame: OtherFrame) => void
  readonly #header = new FrameHeader()
  /** Bytes of the frame's payload that are still to come. */
  #left = 0
  /** The payload of a frame that holds no records. */
  #other: Buffer[] | undefined
  /** The record that is being read, and how much of it has come. */
  #record: Buffer = HUB_WELCOME
  #offset = 0
  #slot = -1
  /** The record that is being read is none of those that are expected. */
  #isAside = false

  /** @param onWelcome called when the server has answered to the hello, which comes before all records */
  constructor(
    records: readonly Buffer[],
    onWelcome: () => void,
    onOther: (frame: OtherFrame) => void,
  ) {
    this.#records = records
    this.#onWelcome = onWelcome
    this.#onOther = onOther
  }

  /** Takes the bytes from `at` to `end`, and returns how many records are complete with them. */
  read(chunk: Buffer, at: number, end: number): number {
    let complete = 0
    while (at < end) {
      if (this.#left === 0) {
        if (this.#header.add(chunk[at++] ?? 0)) this.#begin()
        continue
      }
      const take = Math.min(this.#left, end - at)
      if (this.#other === undefined) complete += this.#take(chunk, at, at + take)
      else this.#other.push(Buffer.from(chunk.subarray(at, at + take)))
      this.#left -= take
      at += take
      if (this.#left === 0) this.#finish()
    }
    return complete
  }

  #begin(): void {
    this.#left = this.#header.payload
    this.#other = this.#header.opcode > Opcode.binary ? [] : undefined
    if (this.#left === 0) this.#finish()
  }

  #finish(): void {
    if (this.#other === undefined) return
    this.#onOther({ opcode: this.#header.opcode, payload: Buffer.concat(this.#other) })
    this.#other = undefined
  }

  #take(chunk: Buffer, from: number, end: number): number {
    let complete = 0
    for (let at = from; at < end; ) {
      if (this.#offset === 0) this.#recognize(chunk, at, end)
      const record = this.#record
      const take = Math.min(end - at, record.length - this.#offset)
      if (chunk.compare(record, this.#offset, this.#offset + take, at, at + take) !== 0) {
        throw new Error(
          `the record differs from what was expected: ${chunk.subarray(at, at + 100)}`,
        )
      }
      at += take
      this.#offset += take
      if (this.#offset < record.length) break
      this.#offset = 0
      if (record === HUB_WELCOME) this.#onWelcome()
      else if (!this.#isAside) complete++
    }
    return complete
  }

  /** Which record begins here: a ping, an acknowledgement, or the next one that is expected. */
  #recognize(chunk: Buffer, at: number, end: number): void {
    if (this.#slot < 0) {
      this.#slot = 0
      return
    }
    const aside =
      HUB_PINGS.find((one) => isAhead(one, chunk, at, end)) ?? acknowledgement(chunk, at)
    const { length } = this.#records
    this.#isAside = aside !== undefined
    this.#record = aside ?? (this.#records[this.#slot] as Buffer)
    if (aside === undefined) this.#slot = (this.#slot + 1) % length
  }
}

function acknowledgement(chunk: Buffer, at: number): Buffer | undefined {
  const size = acknowledgementSize(chunk, at)
  return size > 0 ? Buffer.from(chunk.subarray(at, at + size)) : undefined
}

function isAhead(ping: Buffer, chunk: Buffer, at: number, end: number): boolean {
  const { length } = ping
  return end - at >= length && chunk.compare(ping, 0, length, at, at + length) === 0
}
