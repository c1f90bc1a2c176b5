import { Opcode, type OtherFrame } from '@wirebeat/test-support/wire'
import { HUB_PINGS, HUB_WELCOME } from '../dialect.ts'

/**
 * Reads what a hub sends, and checks that it is the expected records, one after another and from the start again.
 * A server may put several of them into one frame. Pings of the hub may come between them.
 */
export class RecordReader {
  readonly #records: readonly Buffer[]
  readonly #onWelcome: () => void
  readonly #onOther: (frame: OtherFrame) => void
  readonly #header = Buffer.alloc(10)
  #headerLength = 0
  /** Bytes of the frame's payload that are still to come. */
  #left = 0
  /** The payload of a frame that holds no records. */
  #other: Buffer[] | undefined
  /** The record that is being read, and how much of it has come. */
  #record: Buffer = HUB_WELCOME
  #offset = 0
  #slot = -1

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
        this.#header[this.#headerLength++] = chunk[at++] ?? 0
        if (this.#isPayloadNext()) this.#begin()
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
    this.#headerLength = 0
    const opcode = (this.#header[0] ?? 0) & 0x0f
    this.#other = opcode > Opcode.binary ? [] : undefined
    if (this.#left === 0) this.#finish()
  }

  #finish(): void {
    if (this.#other === undefined) return
    const opcode = (this.#header[0] ?? 0) & 0x0f
    this.#onOther({ opcode, payload: Buffer.concat(this.#other) })
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
      else if (!HUB_PINGS.includes(record)) complete++
    }
    return complete
  }

  /** Which record begins here: a ping, or the next one that is expected. */
  #recognize(chunk: Buffer, at: number, end: number): void {
    if (this.#slot < 0) {
      this.#slot = 0
      return
    }
    const ping = HUB_PINGS.find((one) => isAhead(one, chunk, at, end))
    const { length } = this.#records
    this.#record = ping ?? (this.#records[this.#slot] as Buffer)
    if (ping === undefined) this.#slot = (this.#slot + 1) % length
  }
}

function isAhead(ping: Buffer, chunk: Buffer, at: number, end: number): boolean {
  const { length } = ping
  return end - at >= length && chunk.compare(ping, 0, length, at, at + length) === 0
}
