import type { Prepared } from '@wirebeat/core'
import { RecordError } from '../protocol/record.ts'

/** Bytes that each record counts more once too many are kept, so that the memory for small ones is bounded, too. */
const OVERHEAD = 64

type Message = string | Uint8Array | Prepared

/** The records that were sent to a client and that it may not have, numbered from 1. */
export class SentRecords {
  readonly #bufferSize: number
  readonly #kept: Message[] = []
  /** The bytes of each that is kept. */
  readonly #sizes: number[] = []
  #size = 0
  /** The number of the last one. */
  #last = 0

  /** @param bufferSize how many bytes may be kept until a sender should wait */
  constructor(bufferSize: number) {
    this.#bufferSize = bufferSize
  }

  /** By how many bytes more is kept than should be. */
  get excess(): number {
    const excess = this.#size - this.#bufferSize
    return excess > 0 ? excess + OVERHEAD * this.#kept.length : 0
  }

  /** The number of the first one that is kept, or of the next one. */
  get first(): number {
    return this.#last - this.#kept.length + 1
  }

  get kept(): readonly Message[] {
    return this.#kept
  }

  add(message: Message, size: number): void {
    this.#last++
    this.#kept.push(message)
    this.#sizes.push(size)
    this.#size += size
  }

  /**
   * The client has all up to this number.
   *
   * @throws RecordError for one that was not sent.
   */
  acknowledged(number: number): void {
    if (number > this.#last) {
      throw new RecordError(`Record ${number} was acknowledged, but only ${this.#last} were sent.`)
    }
    const count = Math.max(0, number - this.first + 1)
    this.#kept.splice(0, count)
    for (const size of this.#sizes.splice(0, count)) this.#size -= size
  }
}
