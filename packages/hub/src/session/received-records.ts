import { RecordError } from '../protocol/record.ts'

/** Tells the records of a client that are new from those that it sends again. They are numbered from 1. */
export class ReceivedRecords {
  /** The number of the record that came last. */
  #current = 0
  /** The highest number so far. */
  #last = 0

  get last(): number {
    return this.#last
  }

  /**
   * Counts a record.
   *
   * @returns whether it is new
   */
  count(): boolean {
    this.#current++
    if (this.#current <= this.#last) return false
    this.#last = this.#current
    return true
  }

  /**
   * The client says which number its next record has.
   *
   * @throws RecordError when that would leave out records.
   */
  continueAt(next: number): void {
    if (next > this.#last + 1) {
      throw new RecordError("Sequence ID greater than amount of messages we've received.")
    }
    this.#current = next - 1
  }
}
