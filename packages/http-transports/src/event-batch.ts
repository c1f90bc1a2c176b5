import type { HttpHost } from '@wirebeat/core/extension'

/** Bytes that all streams may gather. Each has its own bound, too. */
const CAPACITY = 16 * 1024 * 1024

/** A stream that gathers events. */
interface EventSender {
  /** Writes what was gathered, if anything was. Does not throw. */
  flush(): void
}

/**
 * Has what is sent in one turn of the event loop leave at its end, in one write for each stream. Engines write each
 * event by itself, and uWebSockets.js each part of an event, where it is sent within a callback for another client.
 */
export class EventBatch {
  readonly #clock: HttpHost['clock']
  #senders: EventSender[] = []
  #size = 0

  constructor(clock: HttpHost['clock']) {
    this.#clock = clock
  }

  /** The stream has begun to gather. */
  add(sender: EventSender): void {
    if (this.#senders.push(sender) === 1) this.#clock.afterTurn(() => this.#flush())
  }

  /** A stream has gathered so many bytes more. */
  gathered(size: number): void {
    this.#size += size
    if (this.#size > CAPACITY) this.#flush()
  }

  #flush(): void {
    const senders = this.#senders
    this.#senders = []
    this.#size = 0
    for (const sender of senders) sender.flush()
  }
}
