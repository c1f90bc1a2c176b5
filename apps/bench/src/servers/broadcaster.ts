import { type Broadcast, broadcastMessages } from '../broadcast.ts'
import { sharedNow } from '../moment.ts'
import type { Published } from '../protocol.ts'

/** One message, in both forms, so that each server is handed the one that it takes as it is. */
export interface Message {
  readonly text: string
  readonly bytes: Buffer
}

/** Of how many of the latest messages it is known when their turn began. */
const REMEMBERED = 8_192

/** Publishes messages on a server, at a rate or one turn after the other. */
export class Broadcaster {
  readonly #publish: (message: Message) => void
  #messages: readonly Message[] = []
  #broadcast: Broadcast = { size: 0, together: 0, perSecond: 0 }
  #count = 0
  readonly #times = new Float64Array(REMEMBERED)
  #next = 0

  /** @param publish sends a message to every connection */
  constructor(publish: (message: Message) => void) {
    this.#publish = publish
  }

  start(broadcast: Broadcast): void {
    this.#broadcast = broadcast
    this.#messages = broadcastMessages(broadcast.size).map((text) => ({
      text,
      bytes: Buffer.from(text),
    }))
    this.#next = performance.now()
    setImmediate(this.#turn)
  }

  /** All clients have the latest message. Without a rate, the next turn follows. */
  arrived(): void {
    if (this.#broadcast.perSecond === undefined) setImmediate(this.#turn)
  }

  published(): Published {
    const first = Math.max(0, this.#count - REMEMBERED)
    const length = this.#count - first
    const times = Array.from(
      { length },
      (_, place) => this.#times[(first + place) % REMEMBERED] ?? 0,
    )
    return { first, times }
  }

  readonly #turn = (): void => {
    const { together, perSecond } = this.#broadcast
    const now = sharedNow()
    for (let left = together; left > 0; left--) {
      this.#times[this.#count % REMEMBERED] = now
      // There is a message at each place.
      this.#publish(this.#messages[this.#count % this.#messages.length] as Message)
      this.#count++
    }
    if (perSecond === undefined) return
    this.#next += 1_000 / perSecond
    const wait = this.#next - performance.now()
    // What is late is made up for, one turn after the other.
    if (wait > 0) setTimeout(this.#turn, wait)
    else setImmediate(this.#turn)
  }
}
