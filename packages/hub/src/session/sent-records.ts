import type { Prepared } from '@wirebeat/core'
import type { HubEncoding } from '../protocol/encoding.ts'
import { RecordError } from '../protocol/record.ts'

/** Bytes that each record counts more once too many are kept, so that the memory for small ones is bounded, too. */
const OVERHEAD = 64
/** Bytes of the first piece of memory for records. Each that follows is twice as large, up to the most. */
const LEAST_MEMORY = 512
const MOST_MEMORY = 8 * 1024
/** Larger ones lie elsewhere. */
const MAX_COPIED = MOST_MEMORY / 4
/** Bytes before each record, for its size. */
const HEADER = 2
/** In place of the size of a record that lies elsewhere. */
const ELSEWHERE = 0xff_ff

// The web's encoders, which every runtime has.
declare const TextEncoder: { new (): { encodeInto(text: string, bytes: Uint8Array): unknown } }
declare const TextDecoder: {
  new (label: 'utf-8', options: { ignoreBOM: boolean }): { decode(bytes: Uint8Array): string }
}

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

type Message = string | Uint8Array | Prepared

/**
 * The records that were sent to a client and that it may not have, numbered from 1.
 *
 * Each lives for about a second. So small ones are copied behind one another into memory which the collector of garbage
 * does not look at, where thousands of texts, or an array of all records, would be moved again and again.
 */
export class SentRecords {
  readonly #bufferSize: number
  readonly #isText: boolean
  readonly #pieces: Memory[] = []
  /** What is too large to be copied, or cannot be. */
  readonly #others: Other[] = []
  #size = 0
  /** The number of the last one. */
  #last = 0
  #count = 0

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
    return excess > 0 ? excess + OVERHEAD * this.#count : 0
  }

  /** The number of the first one that is kept, or of the next one. */
  get first(): number {
    return this.#last - this.#count + 1
  }

  add(message: Message, size: number): void {
    this.#last++
    this.#count++
    this.#size += size
    if (size <= MAX_COPIED && this.#isCopied(message)) {
      this.#memoryFor(size).add(message, size)
    } else {
      this.#memoryFor(0).addOther()
      this.#others.push({ message, size })
    }
  }

  /** Sends all that are kept. */
  replay(send: (message: Message) => void): void {
    const others = this.#others.values()
    for (const memory of this.#pieces) {
      for (const bytes of memory) {
        if (bytes === undefined) send((others.next().value as Other).message)
        else send(this.#isText ? decoder.decode(bytes) : bytes)
      }
    }
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
    let pieces = 0
    let others = 0
    for (; this.first <= number; this.#count--) {
      // There are as many records as are counted.
      const memory = this.#pieces[pieces] as Memory
      const size = memory.drop()
      this.#size -= size ?? (this.#others[others++] as Other).size
      if (memory.isEmpty) pieces++
    }
    // Not used again: a slow wire may still have to send what lies in it.
    this.#pieces.splice(0, pieces)
    this.#others.splice(0, others)
  }

  #isCopied(message: Message): message is string | Uint8Array {
    return this.#isText ? typeof message === 'string' : message instanceof Uint8Array
  }

  #memoryFor(size: number): Memory {
    const last = this.#pieces.at(-1)
    if (last?.hasRoomFor(size) === true) return last
    const usual = last === undefined ? LEAST_MEMORY : Math.min(2 * last.size, MOST_MEMORY)
    const memory = new Memory(Math.max(usual, HEADER + size))
    this.#pieces.push(memory)
    return memory
  }
}

/** A record that lies in no memory. */
interface Other {
  readonly message: Message
  readonly size: number
}

/** Records behind one another, each with its size before it. */
class Memory {
  readonly #bytes: Uint8Array
  #start = 0
  #end = 0

  constructor(size: number) {
    this.#bytes = new Uint8Array(size)
  }

  get size(): number {
    return this.#bytes.length
  }

  get isEmpty(): boolean {
    return this.#start === this.#end
  }

  hasRoomFor(size: number): boolean {
    return this.#end + HEADER + size <= this.#bytes.length
  }

  add(message: string | Uint8Array, size: number): void {
    this.#addHeader(size)
    if (typeof message !== 'string') this.#bytes.set(message, this.#end)
    else encoder.encodeInto(message, this.#bytes.subarray(this.#end, this.#end + size))
    this.#end += size
  }

  /** Marks the place of a record that lies elsewhere. */
  addOther(): void {
    this.#addHeader(ELSEWHERE)
  }

  /**
   * Leaves the first record out.
   *
   * @returns its size, or `undefined` if it lies elsewhere
   */
  drop(): number | undefined {
    const size = this.#headerAt(this.#start)
    this.#start += HEADER + (size ?? 0)
    return size
  }

  /** The bytes of each record, or `undefined` if it lies elsewhere. */
  *[Symbol.iterator](): Generator<Uint8Array | undefined, void> {
    for (let at = this.#start; at < this.#end; ) {
      const size = this.#headerAt(at)
      at += HEADER
      yield size === undefined ? undefined : this.#bytes.subarray(at, at + size)
      at += size ?? 0
    }
  }

  #addHeader(size: number): void {
    this.#bytes[this.#end++] = size >> 8
    this.#bytes[this.#end++] = size
  }

  #headerAt(at: number): number | undefined {
    const size = ((this.#bytes[at] ?? 0) << 8) | (this.#bytes[at + 1] ?? 0)
    return size === ELSEWHERE ? undefined : size
  }
}
