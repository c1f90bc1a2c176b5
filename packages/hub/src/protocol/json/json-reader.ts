import type { Bytes } from '@wirebeat/core'
import type { RecordReader } from '../encoding.ts'
import { type Incoming, RecordError } from '../record.ts'
import { readKnownLayout } from './known-layout.ts'
import { readRecord } from './read-record.ts'
import { TextRecords } from './text-records.ts'

/** Reads the records of one connection that speaks JSON. */
export class JsonReader implements RecordReader {
  readonly #texts: TextRecords
  #fault: RecordError | undefined

  constructor(maxRecordSize: number) {
    this.#texts = new TextRecords(maxRecordSize)
  }

  get buffered(): number {
    return this.#texts.buffered
  }

  push(data: string | Bytes): void {
    if (this.#fault === undefined) this.#texts.push(data)
  }

  next(): Incoming | undefined {
    if (this.#fault !== undefined) throw this.#fault
    try {
      if (!this.#texts.next()) return undefined
      const { text, start, end } = this.#texts
      return readKnownLayout(text, start, end) ?? readRecord(text.slice(start, end))
    } catch (error) {
      if (error instanceof RecordError) this.#fault = error
      throw error
    }
  }

  cutOff(): void {
    this.#texts.cutOff()
  }
}
