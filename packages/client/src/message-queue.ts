import { type Data, sizeOf, snapshot } from './message.ts'

/** Bytes that each message counts more, so that empty messages count too. */
const OVERHEAD = 64

/** A message that is kept. */
interface Entry {
  readonly data: Data
  /** The number of heartbeats that were sent before it. */
  readonly beats: number
  /** When it was sent. */
  readonly at: number
}

/** Messages in order, with a limit of their size. */
export class MessageQueue {
  readonly maxSize: number
  readonly #entries: Entry[] = []
  /** The size of the messages in bytes. */
  bytes = 0

  constructor(maxSize: number) {
    this.maxSize = maxSize
  }

  /** The size that counts for the limit, in bytes. */
  get size(): number {
    return this.bytes + OVERHEAD * this.#entries.length
  }

  get first(): Entry | undefined {
    return this.#entries[0]
  }

  get messages(): readonly Data[] {
    return this.#entries.map(({ data }) => data)
  }

  /** @returns whether there was room */
  push(data: Data, beats = 0, at = 0): boolean {
    const bytes = sizeOf(data)
    const hasRoom = this.size + bytes + OVERHEAD <= this.maxSize
    if (hasRoom) {
      this.#entries.push({ data: snapshot(data), beats, at })
      this.bytes += bytes
    }
    return hasRoom
  }

  shift(): Entry | undefined {
    const entry = this.#entries.shift()
    if (entry !== undefined) this.bytes -= sizeOf(entry.data)
    return entry
  }
}
