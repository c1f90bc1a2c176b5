import { type Bytes, bytesOf, encodeText } from '../runtime/bytes.ts'
import type { MessageType } from './message.ts'

/** What a message, ping or pong costs beside its bytes, so that empty ones are not free. */
export const ARRIVAL_OVERHEAD = 64

/** Bytes of the first piece of memory. Each further one is twice as large, up to the last figure. */
const FIRST_PIECE = 1024
const LARGEST_PIECE = 64 * 1024
/** Before each message: its length in four bytes, and whether it is text in one. */
const HEADER = 5

/** Messages that came and were not handled yet: first in, first out. */
export class ArrivalQueue {
  #first = new Piece(FIRST_PIECE)
  #last = this.#first
  #bytes = 0

  /** Bytes of all that was added and not taken out, each with an overhead of 64. */
  get bytes(): number {
    return this.#bytes
  }

  /** Counts a ping or a pong, which needs no handling. */
  count(): void {
    this.#bytes += ARRIVAL_OVERHEAD
  }

  /** Copies a message. */
  push(message: string | Bytes, type: MessageType): void {
    const data = typeof message === 'string' ? encodeText(message) : bytesOf(message)
    const size = HEADER + data.length
    if (!this.#last.hasRoom(size)) {
      const grown = Math.min(2 * this.#last.size, LARGEST_PIECE)
      this.#last.next = new Piece(Math.max(grown, size))
      this.#last = this.#last.next
    }
    this.#last.push(data, type)
    this.#bytes += data.length + ARRIVAL_OVERHEAD
  }

  /**
   * Hands the oldest message to the receiver, and takes it out. The bytes are valid during the call only.
   *
   * @returns `false` when there is none.
   */
  handOver(receive: (data: Uint8Array, type: MessageType) => void): boolean {
    if (this.#first.isEmpty) {
      if (this.#first.next === undefined) return false
      this.#first = this.#first.next
    }
    const { data, type } = this.#first.shift()
    this.#bytes -= data.byteLength + ARRIVAL_OVERHEAD
    receive(data, type)
    return true
  }
}

/** Messages side by side. Each by itself would take hundreds of bytes more than it has. */
class Piece {
  next: Piece | undefined
  readonly #memory: DataView<ArrayBuffer>
  #start = 0
  #end = 0

  constructor(size: number) {
    this.#memory = new DataView(new ArrayBuffer(size))
  }

  get size(): number {
    return this.#memory.byteLength
  }

  get isEmpty(): boolean {
    return this.#start === this.#end
  }

  hasRoom(size: number): boolean {
    return this.#end + size <= this.size
  }

  push(data: Uint8Array, type: MessageType): void {
    this.#memory.setUint32(this.#end, data.length)
    this.#memory.setUint8(this.#end + 4, type === 'text' ? 1 : 0)
    new Uint8Array(this.#memory.buffer, this.#end + HEADER).set(data)
    this.#end += HEADER + data.length
  }

  shift(): { data: Uint8Array; type: MessageType } {
    const length = this.#memory.getUint32(this.#start)
    const type = this.#memory.getUint8(this.#start + 4) === 1 ? 'text' : 'binary'
    const data = new Uint8Array(this.#memory.buffer, this.#start + HEADER, length)
    this.#start += HEADER + length
    return { data, type }
  }
}
