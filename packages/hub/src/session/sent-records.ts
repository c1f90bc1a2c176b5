import type { Prepared } from '@wirebeat/core'
import type { TextCounter } from '@wirebeat/core/extension'
import type { HubEncoding } from '../protocol/encoding.ts'
import { RecordError } from '../protocol/record.ts'

/** Bytes that each record counts more once too many are kept, so that the memory for small ones is bounded, too. */
const OVERHEAD = 64
/** Bytes of the first piece of memory for records. Each that follows is twice as large, up to the most. */
const LEAST_MEMORY = 512
const MOST_MEMORY = 8 * 1024
/** Texts with more units and byte strings with more bytes lie elsewhere. */
const MAX_COPIED = MOST_MEMORY / 4
/** The most bytes of UTF-8 for one unit of a JavaScript string. */
const BYTES_PER_UNIT = 3
/** Bytes before each record, for its size. */
const HEADER = 2
/** In place of the size of a record that lies elsewhere. */
const ELSEWHERE = 0xff_ff

// The web's encoders, which every runtime has.
declare const TextEncoder: {
  new (): { encodeInto(text: string, bytes: Uint8Array): { read: number; written: number } }
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
 * does not look at, where thousands of texts, or an array of all records, would be moved again and again. What was
 * acknowledged is left out by whole pieces of memory, because reading each of them again would mean to wait for memory.
 */
export class SentRecords {
  readonly #bufferSize: number
  readonly #isText: boolean
  readonly #pieces: Piece[] = []
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
    const size = this.#isCopied(message) ? this.#copy(message) : this.#keep(message, counter)
    this.#last++
    this.#count++
    this.#size += size
    return size
  }

  /** Sends all that are kept. */
  replay(send: (message: Message) => void): void {
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

  #isCopied(message: Message): message is string | Uint8Array {
    const isFit = this.#isText ? typeof message === 'string' : message instanceof Uint8Array
    return isFit && (message as string | Uint8Array).length <= MAX_COPIED
  }

  #copy(message: string | Uint8Array): number {
    const size = this.#pieces.at(-1)?.copy(message)
    if (size !== undefined) return size
    // It has room for the message.
    return this.#addPiece(message.length * BYTES_PER_UNIT).copy(message) as number
  }

  #keep(message: Message, counter: TextCounter): number {
    const size = sizeOf(message, counter)
    const last = this.#pieces.at(-1)
    const piece = last?.hasRoomFor(0) === true ? last : this.#addPiece(0)
    piece.refer({ message, size })
    return size
  }

  #addPiece(room: number): Piece {
    const last = this.#pieces.at(-1)
    const usual = last === undefined ? LEAST_MEMORY : Math.min(2 * last.capacity, MOST_MEMORY)
    const capacity = Math.max(usual, HEADER + room)
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
/** How many are kept: 8 MiB at most. */
const MAX_FREE = 1_024

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

/** Records behind one another, each with its size before it. */
class Piece {
  readonly #bytes: Uint8Array
  /** What is too large to be copied, or cannot be. */
  readonly #others: Other[] = []
  #start = 0
  #end = 0
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

  hasRoomFor(size: number): boolean {
    return this.#end + HEADER + size <= this.#bytes.length
  }

  /** Copies a record. Returns its bytes, or `undefined` if there is no room for them. */
  copy(message: string | Uint8Array): number | undefined {
    // A text has at least as many bytes.
    if (!this.hasRoomFor(message.length)) return undefined
    const at = this.#end + HEADER
    let size = message.length
    if (typeof message !== 'string') this.#bytes.set(message, at)
    else {
      const { read, written } = encoder.encodeInto(message, this.#bytes.subarray(at))
      if (read < message.length) return undefined
      size = written
    }
    this.#note(size, size)
    this.#end += size
    return size
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
      const header = this.#headerAt(this.#start)
      this.#start += HEADER
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
    this.#count = 0
    this.#size = 0
  }

  /** Bytes are copies, because a slow wire may still have to send them when this memory is used again. */
  *messages(isText: boolean): Generator<Message, void> {
    let others = 0
    for (let at = this.#start; at < this.#end; ) {
      const header = this.#headerAt(at)
      at += HEADER
      if (header === ELSEWHERE) {
        const other = this.#others[others++]
        if (other !== undefined) yield other.message
      } else {
        const end = at + header
        yield isText ? decoder.decode(this.#bytes.subarray(at, end)) : this.#bytes.slice(at, end)
        at = end
      }
    }
  }

  #note(header: number, size: number): void {
    this.#bytes[this.#end++] = header >> 8
    this.#bytes[this.#end++] = header
    this.#count++
    this.#size += size
  }

  #headerAt(at: number): number {
    return ((this.#bytes[at] ?? 0) << 8) | (this.#bytes[at + 1] ?? 0)
  }
}

function sizeOf(message: Message, counter: TextCounter): number {
  if (typeof message === 'string') return counter.byteLength(message)
  return message instanceof Uint8Array ? message.length : message.bytes.length
}
