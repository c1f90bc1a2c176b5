import type { Prepared } from '@wirebeat/core'
import type { TextCounter } from '@wirebeat/core/extension'
import type { HubEncoding } from '../protocol/encoding.ts'
import { RecordError } from '../protocol/record.ts'

/** Bytes that each record counts more once too many are kept, so that the memory for small ones is bounded, too. */
const OVERHEAD = 64
/** Bytes of the first piece of memory for records. Each that follows is twice as large, up to the most. */
const LEAST_MEMORY = 512
const MOST_MEMORY = 8 * 1024
/** What has more bytes lies elsewhere. */
const MAX_COPIED = MOST_MEMORY / 4
/** Texts that are encoded together, at most, and their bytes. To call an encoder takes longer than to encode one of them. */
const MOST_TOGETHER = 16
const MOST_BYTES_TOGETHER = MAX_COPIED
/** Bytes for the size of each record. */
const HEADER = 2
/** In place of the size of a record that lies elsewhere. */
const ELSEWHERE = 0xff_ff

// The web's encoders, which every runtime has.
declare const TextEncoder: {
  new (): { encodeInto(text: string, bytes: Uint8Array): { written: number } }
}
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
 * does not look at, where thousands of texts, or an array of all records, would be moved again and again. Texts are
 * copied some at a time. What was acknowledged is left out by whole pieces of memory, because reading each of them again
 * would mean to wait for memory.
 */
export class SentRecords {
  readonly #bufferSize: number
  readonly #isText: boolean
  readonly #pieces: Piece[] = []
  /** The last ones, behind one another, which are not copied yet, and their bytes. */
  #texts = ''
  #textsSize = 0
  readonly #textSizes: number[] = []
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

  /** Returns the bytes of the record. */
  add(message: Message, counter: TextCounter): number {
    const size = sizeOf(message, counter)
    if (this.#isText && typeof message === 'string' && size <= MAX_COPIED) {
      this.#addText(message, size)
    } else {
      this.#copyTexts()
      if (!this.#isText && message instanceof Uint8Array && size <= MAX_COPIED) {
        this.#pieceFor(size, 1).copy(message)
      } else {
        this.#pieceFor(0, 1).refer({ message, size })
      }
    }
    this.#last++
    this.#count++
    this.#size += size
    return size
  }

  /** Sends all that are kept. */
  replay(send: (message: Message) => void): void {
    this.#copyTexts()
    for (const piece of this.#pieces) {
      for (const message of piece.messages(this.#isText)) send(message)
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
    let rest = number - this.first + 1
    if (rest <= 0) return
    this.#copyTexts()
    this.#count -= rest
    let whole = 0
    for (const piece of this.#pieces) {
      if (rest < piece.count) {
        this.#size -= piece.drop(rest)
        break
      }
      rest -= piece.count
      this.#size -= piece.size
      whole++
    }
    for (const piece of this.#pieces.splice(0, whole)) release(piece)
  }

  #addText(text: string, size: number): void {
    // Halves of a pair would be encoded as the whole one.
    const mayJoin = size === text.length || !isLowSurrogate(text.charCodeAt(0))
    if (!mayJoin || this.#textsSize + size > MOST_BYTES_TOGETHER) this.#copyTexts()
    this.#texts += text
    this.#textsSize += size
    if (this.#textSizes.push(size) === MOST_TOGETHER) this.#copyTexts()
  }

  #copyTexts(): void {
    const count = this.#textSizes.length
    if (count === 0) return
    this.#pieceFor(this.#textsSize, count).copyTexts(this.#texts, this.#textSizes)
    this.#texts = ''
    this.#textsSize = 0
    this.#textSizes.length = 0
  }

  /** Returns the last piece if it has room for so many bytes of so many records, and else a new one. */
  #pieceFor(size: number, count: number): Piece {
    const last = this.#pieces.at(-1)
    if (last?.hasRoomFor(size, count)) return last
    const usual = last === undefined ? LEAST_MEMORY : Math.min(2 * last.capacity, MOST_MEMORY)
    const capacity = Math.max(usual, size + HEADER * count)
    const piece = (capacity === MOST_MEMORY ? free.pop() : undefined) ?? new Piece(capacity)
    this.#pieces.push(piece)
    return piece
  }
}

/**
 * Pieces of the most memory that hold nothing, of all connections. New memory for what lives for a second has the
 * collector of garbage look through all that there is more often.
 */
const free: Piece[] = []
/** How many are kept: 32 MiB at most. */
const MAX_FREE = 4_096

function release(piece: Piece): void {
  if (piece.capacity !== MOST_MEMORY || free.length === MAX_FREE) return
  piece.clear()
  free.push(piece)
}

/** A record that lies in no memory. */
interface Other {
  readonly message: Message
  readonly size: number
}

/** Records behind one another from the front, and the size of each from the back. */
class Piece {
  readonly #bytes: Uint8Array
  /** What is too large to be copied, or cannot be. */
  readonly #others: Other[] = []
  #start = 0
  #end = 0
  /** How many records were left out at the front. */
  #dropped = 0
  #count = 0
  #size = 0

  constructor(capacity: number) {
    this.#bytes = new Uint8Array(capacity)
  }

  get capacity(): number {
    return this.#bytes.length
  }

  get count(): number {
    return this.#count
  }

  /** The bytes of its records, wherever they lie. */
  get size(): number {
    return this.#size
  }

  hasRoomFor(size: number, count: number): boolean {
    const headers = HEADER * (this.#dropped + this.#count + count)
    return this.#end + size + headers <= this.#bytes.length
  }

  // There must be room.

  copy(bytes: Uint8Array): void {
    this.#bytes.set(bytes, this.#end)
    this.#end += bytes.length
    this.#note(bytes.length, bytes.length)
  }

  /** Copies texts that are behind one another. */
  copyTexts(texts: string, sizes: readonly number[]): void {
    this.#end += encoder.encodeInto(texts, this.#bytes.subarray(this.#end)).written
    for (const size of sizes) this.#note(size, size)
  }

  /** Takes the place of a record that lies elsewhere. */
  refer(other: Other): void {
    this.#note(ELSEWHERE, other.size)
    this.#others.push(other)
  }

  /** Leaves out the first records. Returns their bytes. */
  drop(count: number): number {
    const before = this.#size
    let others = 0
    for (let dropped = 0; dropped < count; dropped++) {
      const header = this.#headerAt(this.#dropped++)
      if (header === ELSEWHERE) this.#size -= this.#others[others++]?.size ?? 0
      else {
        this.#start += header
        this.#size -= header
      }
    }
    this.#count -= count
    this.#others.splice(0, others)
    return before - this.#size
  }

  /** Leaves out all records. */
  clear(): void {
    this.#others.length = 0
    this.#start = 0
    this.#end = 0
    this.#dropped = 0
    this.#count = 0
    this.#size = 0
  }

  /** Bytes are copies, because a slow wire may still have to send them when this memory is used again. */
  *messages(isText: boolean): Generator<Message, void> {
    let others = 0
    let start = this.#start
    for (let index = 0; index < this.#count; index++) {
      const header = this.#headerAt(this.#dropped + index)
      if (header === ELSEWHERE) {
        const other = this.#others[others++]
        if (other !== undefined) yield other.message
      } else {
        const end = start + header
        yield isText
          ? decoder.decode(this.#bytes.subarray(start, end))
          : this.#bytes.slice(start, end)
        start = end
      }
    }
  }

  #note(header: number, size: number): void {
    const at = this.#placeOf(this.#dropped + this.#count++)
    this.#bytes[at] = header >> 8
    this.#bytes[at + 1] = header
    this.#size += size
  }

  #headerAt(index: number): number {
    const at = this.#placeOf(index)
    return ((this.#bytes[at] ?? 0) << 8) | (this.#bytes[at + 1] ?? 0)
  }

  /** Where the size of a record is. */
  #placeOf(index: number): number {
    return this.#bytes.length - HEADER * (index + 1)
  }
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc_00 && unit <= 0xdf_ff
}

function sizeOf(message: Message, counter: TextCounter): number {
  if (typeof message === 'string') return counter.byteLength(message)
  return message instanceof Uint8Array ? message.length : message.bytes.length
}
