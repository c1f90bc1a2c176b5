import type { Message } from '../connection/message.ts'

/** Bytes that each waiting message counts more, so that empty messages count too. */
const MESSAGE_OVERHEAD = 64

interface Waiting {
  readonly message: Message
  readonly cost: number
  next: Waiting | undefined
}

/** The messages that a loop session has not read yet, in order, with their size in bytes. */
export class ReceiveQueue {
  #first: Waiting | undefined
  #last: Waiting | undefined
  #bytes = 0

  /** The bytes that wait. Each message counts 64 more. */
  get bytes(): number {
    return this.#bytes
  }

  /** Whether nothing waits. */
  get isEmpty(): boolean {
    return this.#first === undefined
  }

  push(message: Message, byteLength: number): void {
    const waiting: Waiting = { message, cost: byteLength + MESSAGE_OVERHEAD, next: undefined }
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
