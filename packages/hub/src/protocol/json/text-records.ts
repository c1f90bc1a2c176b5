import { type Bytes, bytesOf } from '@wirebeat/core'
import { decodeText, encodeText } from '@wirebeat/core/extension'
import { Fifo } from '../fifo.ts'
import { tooLarge } from '../too-large.ts'
import { UnfinishedRecord } from '../unfinished-record.ts'

/** What stands behind each record of a text encoding. */
export const RECORD_END = '\u001e'
/** The same as a byte, which is part of no other character of UTF-8. */
export const RECORD_END_BYTE = 0x1e
/** The most bytes of UTF-8 for one unit of a JavaScript string. */
const BYTES_PER_UNIT = 3

/** The texts of records, cut out of what arrives. */
export class TextRecords {
  readonly #maxSize: number
  /** Whole records, the end of the last one included. Those before `#next` have been read. */
  #text = ''
  #next = 0
  #start = 0
  #end = 0
  /** Whole records that come after those of `#text`. Made when there are some. */
  #later: Fifo<string> | undefined
  #laterLength = 0
  /** Made when a record has begun. */
  #unfinished: UnfinishedRecord | undefined
  /** The next record is too large. */
  #isOver = false

  constructor(maxSize: number) {
    this.#maxSize = maxSize
  }

  /** Of what is decoded, characters are counted. */
  get buffered(): number {
    return this.#text.length - this.#next + this.#laterLength + this.#unfinishedSize
  }

  push(data: string | Bytes): void {
    if (this.#isOver) return
    if (typeof data === 'string' && this.#isSmall(data)) this.#pushText(data)
    else this.#pushBytes(bytesOf(data))
  }

  /** Where the record is that was read last: between `start` and `end` of `text`. */
  get text(): string {
    return this.#text
  }
  get start(): number {
    return this.#start
  }
  get end(): number {
    return this.#end
  }

  /**
   * Moves on to the next record.
   *
   * @returns `false` when there is none
   * @throws RecordError for one that is too large.
   */
  next(): boolean {
    if (this.#next === this.#text.length) {
      this.#text = this.#later?.shift() ?? ''
      this.#laterLength -= this.#text.length
      this.#next = 0
      if (this.#text === '') {
        if (this.#isOver) throw tooLarge(this.#maxSize)
        return false
      }
    }
    this.#start = this.#next
    this.#end = this.#text.indexOf(RECORD_END, this.#start)
    this.#next = this.#end + 1
    return true
  }

  /** Forgets a record that has begun. */
  cutOff(): void {
    this.#unfinished?.take()
  }

  get #unfinishedSize(): number {
    return this.#unfinished?.size ?? 0
  }

  /** Whether the records in a text are small enough, however it is split, so that none has to be measured. */
  #isSmall(text: string): boolean {
    return this.#unfinishedSize === 0 && text.length * BYTES_PER_UNIT <= this.#maxSize
  }

  #pushText(text: string): void {
    if (text.charCodeAt(text.length - 1) === RECORD_END_BYTE) this.#add(text)
    else {
      const end = text.lastIndexOf(RECORD_END) + 1
      if (end > 0) this.#add(text.slice(0, end))
      this.#append(encodeText(text.slice(end)))
    }
  }

  #pushBytes(bytes: Uint8Array): void {
    let start = this.#unfinishedSize === 0 ? 0 : this.#finish(bytes)
    while (start < bytes.length && !this.#isOver) {
      // So many bytes at once that no record in them can be too large.
      const end = endOfRecords(bytes, start, Math.min(bytes.length, start + this.#maxSize))
      if (end === start) {
        this.#keep(bytes.subarray(start))
        return
      }
      const isAll = start === 0 && end === bytes.length
      this.#add(decodeText(isAll ? bytes : bytes.subarray(start, end)))
      start = end
    }
  }

  /** Adds the end of a record that has begun. Returns where the next one starts. */
  #finish(bytes: Uint8Array): number {
    const end = bytes.indexOf(RECORD_END_BYTE) + 1
    if (end === 0) return 0
    this.#keep(bytes.subarray(0, end))
    const whole = this.#unfinished?.take()
    // It is given up where it is too large.
    if (whole !== undefined) this.#add(decodeText(whole))
    return end
  }

  #keep(bytes: Uint8Array): void {
    if (this.#isOver) return
    if (this.#unfinishedSize + bytes.length <= this.#maxSize) this.#append(bytes)
    else {
      this.#isOver = true
      this.#unfinished = undefined
    }
  }

  #append(bytes: Uint8Array): void {
    this.#unfinished ??= new UnfinishedRecord()
    this.#unfinished.append(bytes)
  }

  #add(text: string): void {
    // What waits comes first, also when all of `#text` has just been read.
    if (this.#next === this.#text.length && this.#laterLength === 0) {
      this.#text = text
      this.#next = 0
    } else {
      this.#later ??= new Fifo()
      this.#later.push(text)
      this.#laterLength += text.length
    }
  }
}

/** Where the last record ends that ends before `end`, or `start`. */
function endOfRecords(bytes: Uint8Array, start: number, end: number): number {
  if (bytes[end - 1] === RECORD_END_BYTE) return end
  return Math.max(start, bytes.lastIndexOf(RECORD_END_BYTE, end - 1) + 1)
}
