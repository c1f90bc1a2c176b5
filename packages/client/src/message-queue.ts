import { type Data, sizeOf, snapshot } from './message.ts'

/** Bytes that each message counts more, so that empty messages count too. */
const OVERHEAD = 64

/** A time that never comes. */
export const NEVER: number = Number.POSITIVE_INFINITY

/** What is known of a message that is kept. */
interface Mark {
  /** When it expires. Default: never. */
  readonly expiresAt?: number
  /** The number of heartbeats that were sent before it. */
  readonly beats?: number
  /** When it was sent. */
  readonly at?: number
}

/** A message that is kept. */
interface Entry extends Mark {
  readonly data: Data
  readonly bytes: number
}

/** Messages in order, with a limit of their size. */
export class MessageQueue {
  readonly maxSize: number
  #entries: Entry[] = []
  /** How many at the start of the array have left. Taking each out of it would move all others each time. */
  #left = 0
  /** The time before which no message expires. */
  #expiresAt = NEVER
  /** The size of the messages in bytes. */
  bytes = 0

  constructor(maxSize: number) {
    this.maxSize = maxSize
  }

  /** The size that counts for the limit, in bytes. */
  get size(): number {
    return this.bytes + OVERHEAD * (this.#entries.length - this.#left)
  }

  get first(): Entry | undefined {
    return this.#entries[this.#left]
  }

  /** @returns whether there was room */
  push(data: Data, mark?: Mark): boolean {
    const bytes = sizeOf(data)
    const hasRoom = this.size + bytes + OVERHEAD <= this.maxSize
    if (hasRoom) this.#add({ ...mark, data: snapshot(data), bytes })
    return hasRoom
  }

  shift(): Entry | undefined {
    const { first } = this
    if (first !== undefined) {
      this.bytes -= first.bytes
      if (++this.#left * 2 > this.#entries.length) {
        this.#entries.splice(0, this.#left)
        this.#left = 0
      }
    }
    return first
  }

  /** Takes out the messages that have expired by `now`, or all of them where it is left out. */
  take(now: number = NEVER): readonly Data[] {
    if (now < this.#expiresAt) return []
    const entries = this.#entries.slice(this.#left)
    this.#entries = []
    this.#left = this.bytes = 0
    this.#expiresAt = NEVER
    const taken: Data[] = []
    for (const entry of entries) {
      if (now < (entry.expiresAt ?? NEVER)) this.#add(entry)
      else taken.push(entry.data)
    }
    return taken
  }

  #add(entry: Entry): void {
    this.#entries.push(entry)
    this.#expiresAt = Math.min(this.#expiresAt, entry.expiresAt ?? NEVER)
    this.bytes += entry.bytes
  }
}
