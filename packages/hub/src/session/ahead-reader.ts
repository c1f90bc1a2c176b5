import type { Bytes } from '@wirebeat/core'
import type { RecordReader } from '../protocol/encoding.ts'
import { Fifo } from '../protocol/fifo.ts'
import type { Incoming } from '../protocol/record.ts'

/** What a record costs beside its bytes once it was read, so that small ones are not nearly free. */
const OVERHEAD = 64

/** Reads records in their order, but can look for acknowledgements behind those that must wait. */
export class AheadReader implements RecordReader {
  readonly #reader: RecordReader
  /** What was found before the acknowledgements. */
  readonly #ahead = new Fifo<{ readonly record: Incoming; readonly size: number }>()
  #aheadSize = 0

  constructor(reader: RecordReader) {
    this.#reader = reader
  }

  /** Those that were found ahead count 64 bytes more. */
  get buffered(): number {
    return this.#aheadSize + this.#reader.buffered
  }

  push(data: string | Bytes): void {
    this.#reader.push(data)
  }

  next(): Incoming | undefined {
    if (this.#aheadSize === 0) return this.#reader.next()
    const found = this.#ahead.shift()
    if (found === undefined) return this.#reader.next()
    this.#aheadSize -= found.size
    return found.record
  }

  cutOff(): void {
    this.#reader.cutOff()
  }

  /** Takes the next acknowledgement out of what has arrived. What cannot be read is told by `next`, in its turn. */
  nextAcknowledgement(): number | undefined {
    try {
      for (;;) {
        const before = this.#reader.buffered
        const record = this.#reader.next()
        if (record === undefined) return undefined
        if (record.kind === 'acknowledgement') return record.sequenceId
        const size = before - this.#reader.buffered + OVERHEAD
        this.#ahead.push({ record, size })
        this.#aheadSize += size
      }
    } catch {
      // The reader throws the same once more.
      return undefined
    }
  }
}
