import type { Message } from './message.ts'

/** What a waiting message costs beside its bytes, so that empty ones are not free. */
const MESSAGE_OVERHEAD = 64

/** Messages that a loop session has not read yet: first in, first out, with their size in bytes. */
export class ReceiveQueue {
  #messages: Message[] = []
  #costs: number[] = []
  #head = 0
  #bytes = 0

  /** Bytes that wait, each message with an overhead of 64. */
  get bytes(): number {
    return this.#bytes
  }

  /** Whether nothing waits. */
  get isEmpty(): boolean {
    return this.#head === this.#messages.length
  }

  push(message: Message, byteLength: number): void {
    const cost = byteLength + MESSAGE_OVERHEAD
    this.#messages.push(message)
    this.#costs.push(cost)
    this.#bytes += cost
  }

  /** The oldest message, or `undefined` when there is none. */
  shift(): Message | undefined {
    if (this.isEmpty) return undefined
    const message = this.#messages[this.#head]
    this.#bytes -= this.#costs[this.#head] ?? 0
    this.#messages[this.#head] = ''
    this.#head++
    if (this.isEmpty) this.#clear()
    else if (this.#head > 1024 && this.#head * 2 > this.#messages.length) this.#compact()
    return message
  }

  #clear(): void {
    this.#messages.length = 0
    this.#costs.length = 0
    this.#head = 0
  }

  #compact(): void {
    this.#messages = this.#messages.slice(this.#head)
    this.#costs = this.#costs.slice(this.#head)
    this.#head = 0
  }
}
