import type { Message } from '../connection/message.ts'

/**
 * What a waiting message holds beside its contents, in bytes, as measured on Node 20: its place in the queue,
 * the string, or the array with its buffer and the memory's own bookkeeping.
 */
const TEXT_OVERHEAD = 128
const BINARY_OVERHEAD = 448

interface Waiting {
  readonly message: Message
  readonly cost: number
  next: Waiting | undefined
}

/** Messages that a loop session has not read yet: first in, first out, with the memory that they hold. */
export class ReceiveQueue {
  #first: Waiting | undefined
  #last: Waiting | undefined
  #bytes = 0

  /** Bytes that are held. */
  get bytes(): number {
    return this.#bytes
  }

  /** Whether nothing waits. */
  get isEmpty(): boolean {
    return this.#first === undefined
  }

  /** @param byteLength bytes of the message as it came, of a text in UTF-8 */
  push(message: Message, byteLength: number): void {
    const waiting: Waiting = { message, cost: costOf(message, byteLength), next: undefined }
    if (this.#last === undefined) this.#first = waiting
    else this.#last.next = waiting
    this.#last = waiting
    this.#bytes += waiting.cost
  }

  /** The oldest message, or `undefined` when there is none. */
  shift(): Message | undefined {
    const waiting = this.#first
    if (waiting === undefined) return undefined
    this.#first = waiting.next
    if (waiting.next === undefined) this.#last = undefined
    this.#bytes -= waiting.cost
    return waiting.message
  }
}

function costOf(message: Message, byteLength: number): number {
  if (typeof message !== 'string') return byteLength + BINARY_OVERHEAD
  // V8 keeps two bytes for each character of a text as soon as one of them needs two.
  const isAscii = message.length === byteLength
  return (isAscii ? byteLength : 2 * message.length) + TEXT_OVERHEAD
}
