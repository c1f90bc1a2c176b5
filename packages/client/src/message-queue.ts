import { type Sendable, sizeOf } from './message.ts'

/** Bytes that each message counts more, so that empty messages count too. */
const OVERHEAD = 64

/** A time that never comes. */
export const NEVER: number = 1 / 0

/** A message that is kept. */
interface Entry {
  readonly data: Sendable
  readonly bytes: number
  /** When it expires. */
  readonly expiresAt: number
  /** The number of heartbeats that were sent before it. */
  readonly beats: number
  /** When it was sent. */
  readonly at: number
}

/** Messages in order, with a limit of their size. A set gives up its first entry without moving the others. */
export class MessageQueue extends Set<Entry> {
  readonly maxSize: number
  /** The size of the messages in bytes. */
  bytes = 0
  /** The time before which no message expires. */
  #expiresAt = NEVER

  constructor(maxSize: number) {
    super()
    this.maxSize = maxSize
  }

  /** The bytes that count for the limit. */
  get used(): number {
    return this.bytes + OVERHEAD * this.size
  }

  /** @returns whether there was room */
  push(data: Sendable, expiresAt: number, beats = 0, at = 0): boolean {
    const bytes = sizeOf(data)
    const hasRoom = this.used + bytes + OVERHEAD <= this.maxSize
    if (hasRoom) {
      this.add({ data, bytes, expiresAt, beats, at })
      this.bytes += bytes
      this.#expiresAt = Math.min(this.#expiresAt, expiresAt)
    }
    return hasRoom
  }

  /** Takes a message out. */
  pull(entry: Entry): Sendable {
    this.delete(entry)
    this.bytes -= entry.bytes
    return entry.data
  }

  /** Takes out the messages that have expired by `now`, or all of them where it is left out. */
  take(now: number = NEVER): readonly Sendable[] {
    const taken: Sendable[] = []
    if (now >= this.#expiresAt) {
      this.#expiresAt = NEVER
      for (const entry of this) {
        if (now >= entry.expiresAt) taken.push(this.pull(entry))
        else this.#expiresAt = Math.min(this.#expiresAt, entry.expiresAt)
      }
    }
    return taken
  }
}
