import { Fifo } from '../fifo.ts'
import { RecordError } from '../record.ts'
import { tooLarge } from '../too-large.ts'
import { UnfinishedRecord } from '../unfinished-record.ts'

/** The most bytes of the length that stands before a record, and the most that it may say. */
const MAX_PREFIX = 5
const MAX_LENGTH = 2 ** 31 - 1
/** The size of a record whose length has not come, or cannot be read. */
const UNKNOWN = Number.POSITIVE_INFINITY

const NOTHING = new Uint8Array()

/** Memory for what is read before anything else arrives, as nearly everything is. */
const SHARED = new Uint8Array(64 * 1024)
/** Whose bytes are in it. */
let sharer: BinaryRecords | undefined

/** Records, each with its length before it, cut out of what arrives. */
export class BinaryRecords {
  readonly #maxSize: number
  /** Whole records up to `#size`. Those before `#end` have been read. */
  #bytes: Uint8Array = NOTHING
  #size = 0
  #start = 0
  #end = 0
  /** Whole records that come after those of `#bytes`. */
  readonly #later = new Fifo<Uint8Array>()
  #laterSize = 0
  readonly #unfinished = new UnfinishedRecord()
  /** Why nothing can be read behind all those. */
  #fault: RecordError | undefined

  constructor(maxSize: number) {
    this.#maxSize = maxSize
  }

  get buffered(): number {
    return this.#size - this.#end + this.#laterSize + this.#unfinished.size
  }

  /** Where the record is that was read last: between `start` and `end` of `bytes`. */
  get bytes(): Uint8Array {
    return this.#bytes
  }
  get start(): number {
    return this.#start
  }
  get end(): number {
    return this.#end
  }

  push(bytes: Uint8Array): void {
    const start = this.#unfinished.size === 0 ? 0 : this.#finish(bytes)
    let end = start
    while (end < bytes.length && this.#fault === undefined) {
      const size = this.#sizeAt(bytes, end)
      if (size > bytes.length - end) break
      end += size
    }
    if (end > start)
      this.#addCopy(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end))
    if (end < bytes.length && this.#fault === undefined)
      this.#unfinished.append(bytes.subarray(end))
  }

  /**
   * Moves on to the next record.
   *
   * @returns `false` when there is none
   * @throws RecordError for one that is too large, or whose length cannot be read.
   */
  next(): boolean {
    if (this.#end === this.#size) {
      const bytes = this.#later.shift()
      this.#set(bytes ?? NOTHING)
      if (bytes === undefined) {
        if (this.#fault === undefined) return false
        throw this.#fault
      }
      this.#laterSize -= bytes.length
    }
    const begin = this.#end
    this.#start = begin + prefixSize(this.#bytes, begin)
    this.#end = begin + this.#sizeAt(this.#bytes, begin)
    return true
  }

  /** Forgets a record that has begun. */
  cutOff(): void {
    this.#unfinished.take()
  }

  /** Adds to the record that has begun. Returns how many bytes belong to it. */
  #finish(bytes: Uint8Array): number {
    let taken = 0
    let size = this.#sizeAt(this.#unfinished.bytes, 0)
    while (taken < bytes.length) {
      // One by one, until the length has come.
      const missing = size === UNKNOWN ? 1 : size - this.#unfinished.size
      const part = bytes.subarray(taken, taken + missing)
      this.#unfinished.append(part)
      taken += part.length
      size = this.#sizeAt(this.#unfinished.bytes, 0)
      if (this.#fault !== undefined) {
        this.#unfinished.take()
        return bytes.length
      }
      if (size === this.#unfinished.size) {
        this.#add(this.#unfinished.take())
        return taken
      }
    }
    return taken
  }

  /** The size of a record with its length, as its length says. */
  #sizeAt(bytes: Uint8Array, start: number): number {
    let length = 0
    const prefix = prefixSize(bytes, start)
    for (let index = prefix - 1; index >= 0; index--) {
      length = length * 0x80 + ((bytes[start + index] as number) & 0x7f)
    }
    const isWhole = prefix > 0 && (bytes[start + prefix - 1] as number) < 0x80
    if (length > MAX_LENGTH || (prefix === MAX_PREFIX && !isWhole)) {
      this.#fault = new RecordError('Messages over 2GB in size are not supported.')
    } else if (prefix + length > this.#maxSize) {
      this.#fault = tooLarge(this.#maxSize)
    } else if (isWhole) {
      return prefix + length
    }
    return UNKNOWN
  }

  /** Whether nothing waits. What does comes first, also when all of `#bytes` has just been read. */
  get #isReadOut(): boolean {
    return this.#end === this.#size && this.#laterSize === 0
  }

  #addCopy(bytes: Uint8Array): void {
    if (!this.#isReadOut || bytes.length > SHARED.length) {
      this.#add(new Uint8Array(bytes))
      return
    }
    if (sharer !== undefined && sharer !== this) sharer.#moveOut()
    SHARED.set(bytes)
    this.#set(SHARED, bytes.length)
    sharer = this
  }

  #add(bytes: Uint8Array): void {
    if (this.#isReadOut) {
      this.#set(bytes)
    } else {
      this.#later.push(bytes)
      this.#laterSize += bytes.length
    }
  }

  #set(bytes: Uint8Array, size: number = bytes.length): void {
    if (sharer === this) sharer = undefined
    this.#bytes = bytes
    this.#size = size
    this.#end = 0
  }

  /** Leaves the shared memory to another. */
  #moveOut(): void {
    this.#set(this.#end < this.#size ? SHARED.slice(this.#end, this.#size) : NOTHING)
  }
}

/** How many bytes of a length there are. All but the last one have the highest bit. */
function prefixSize(bytes: Uint8Array, start: number): number {
  const end = Math.min(start + MAX_PREFIX, bytes.length)
  let at = start
  while (at < end && (bytes[at++] as number) >= 0x80);
  return at - start
}
