import type { Prepared } from '@wirebeat/core'
import { RecordError } from '../protocol/record.ts'

/** Bytes that each record counts more once too many are kept, so that the memory for small ones is bounded, too. */
const OVERHEAD = 64
/** Bytes of memory for small records, at a time. Each array of its own would take several times as much. */
const MEMORY = 8 * 1024
const MAX_COPIED = MEMORY / 4
/** The place of a record that lies in no memory of this kind. */
const ELSEWHERE = -1

type Message = string | Uint8Array | Prepared

/** The records that were sent to a client and that it may not have, numbered from 1. */
export class SentRecords {
  readonly #bufferSize: number
  // Of each that is kept: the record, or the memory in which it lies, where, and its bytes.
  readonly #kept: Message[] = []
  readonly #places: number[] = []
  readonly #sizes: number[] = []
  #size = 0
  /** The number of the last one. */
  #last = 0
  #memory: Uint8Array | undefined
  /** Where the next bytes go. */
  #end = 0

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

  add(message: Message, size: number): void {
    this.#last++
    if (message instanceof Uint8Array && size <= MAX_COPIED) {
      this.#copy(message, size)
    } else {
      this.#kept.push(message)
      this.#places.push(ELSEWHERE)
    }
    this.#sizes.push(size)
    this.#size += size
  }

  /** Sends all that are kept. */
  replay(send: (message: Message) => void): void {
    this.#kept.forEach((kept, index) => {
      const place = this.#places[index] ?? ELSEWHERE
      const isElsewhere = place === ELSEWHERE || !(kept instanceof Uint8Array)
      send(isElsewhere ? kept : kept.subarray(place, place + (this.#sizes[index] ?? 0)))
    })
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
    this.#places.splice(0, count)
    for (const size of this.#sizes.splice(0, count)) this.#size -= size
    // Not used again: a slow wire may still have to send what lies in it.
    if (this.#kept.length === 0) this.#memory = undefined
  }

  #copy(bytes: Uint8Array, size: number): void {
    if (this.#memory === undefined || this.#end + size > MEMORY) {
      this.#memory = new Uint8Array(MEMORY)
      this.#end = 0
    }
    this.#memory.set(bytes, this.#end)
    this.#kept.push(this.#memory)
    this.#places.push(this.#end)
    this.#end += size
  }
}
