import type { Prepared } from '@wirebeat/core'
import type { HubEncoding } from '../protocol/encoding.ts'
import { RecordError } from '../protocol/record.ts'

/** Bytes that each record counts more once too many are kept, so that the memory for small ones is bounded, too. */
const OVERHEAD = 64
/**
 * Bytes of memory for small records, at a time. Each array of its own would take several times as much. Texts of their
 * own would be moved by the collector of garbage, because each lives for a second.
 */
const MEMORY = 8 * 1024
const MAX_COPIED = MEMORY / 4
/** The place of a record that lies in no memory of this kind. */
const ELSEWHERE = -1

type Message = string | Uint8Array | Prepared

/** The records that were sent to a client and that it may not have, numbered from 1. */
export class SentRecords {
  readonly #bufferSize: number
  readonly #isText: boolean
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

  /**
   * @param bufferSize how many bytes may be kept until a sender should wait
   * @param format of the records that are not prepared
   */
  constructor(bufferSize: number, format: HubEncoding['format']) {
    this.#bufferSize = bufferSize
    this.#isText = format === 'text'
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
    this.#size += size
    this.#sizes.push(size)
    if (size > MAX_COPIED) this.#keep(message)
    else if (typeof message === 'string') this.#addText(message, size)
    else if (message instanceof Uint8Array && !this.#isText) this.#addBytes(message, size)
    else this.#keep(message)
  }

  /** Sends all that are kept. */
  replay(send: (message: Message) => void): void {
    this.#kept.forEach((kept, index) => {
      const place = this.#places[index] ?? ELSEWHERE
      if (place === ELSEWHERE || !(kept instanceof Uint8Array)) {
        send(kept)
        return
      }
      const bytes = kept.subarray(place, place + (this.#sizes[index] ?? 0))
      send(this.#isText ? String.fromCharCode(...bytes) : bytes)
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

  #addText(text: string, size: number): void {
    // Others would have to be encoded.
    if (!this.#isText || size !== text.length) {
      this.#keep(text)
      return
    }
    const memory = this.#memoryFor(size)
    for (let index = 0; index < size; index++) memory[this.#end + index] = text.charCodeAt(index)
    this.#keep(memory, this.#end)
    this.#end += size
  }

  #addBytes(bytes: Uint8Array, size: number): void {
    const memory = this.#memoryFor(size)
    memory.set(bytes, this.#end)
    this.#keep(memory, this.#end)
    this.#end += size
  }

  #keep(message: Message, place = ELSEWHERE): void {
    this.#kept.push(message)
    this.#places.push(place)
  }

  #memoryFor(size: number): Uint8Array {
    if (this.#memory === undefined || this.#end + size > MEMORY) {
      this.#memory = new Uint8Array(MEMORY)
      this.#end = 0
    }
    return this.#memory
  }
}
