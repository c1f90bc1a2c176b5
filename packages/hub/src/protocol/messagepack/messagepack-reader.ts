import { type Bytes, bytesOf } from '@wirebeat/core'
import type { RecordReader } from '../encoding.ts'
import { type Incoming, RecordError } from '../record.ts'
import { BinaryRecords } from './binary-records.ts'
import { readRecord } from './read-record.ts'
import { ValueReader } from './value-reader.ts'

/** Shared, because no code of an application runs while a record is read. */
const values = new ValueReader()

/** Reads the records of one connection that speaks MessagePack. */
export class MessagePackReader implements RecordReader {
  readonly #records: BinaryRecords
  #fault: RecordError | undefined

  constructor(maxRecordSize: number) {
    this.#records = new BinaryRecords(maxRecordSize)
  }

  get buffered(): number {
    return this.#records.buffered
  }

  push(data: string | Bytes): void {
    if (this.#fault === undefined) this.#records.push(bytesOf(data))
  }

  next(): Incoming | undefined {
    if (this.#fault !== undefined) throw this.#fault
    try {
      if (!this.#records.next()) return undefined
      values.reset(this.#records.bytes, this.#records.start, this.#records.end)
      return readRecord(values)
    } catch (error) {
      if (error instanceof RecordError) this.#fault = error
      throw error
    }
  }

  cutOff(): void {
    this.#records.cutOff()
  }
}
