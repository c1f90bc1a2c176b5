import type { Member } from './member.ts'
import type { Audience } from './membership.ts'
import type { Sendable } from './publication.ts'

/** Subscribers that are served alike, and the message as they get it. */
export interface Serving extends Audience {
  readonly message: Sendable
}

/** One publication on its way to those who were subscribed when it was made. */
export class Delivery {
  readonly #topic: string
  readonly #servings: readonly Serving[]
  /** Whose turn it is: a serving, and a place among its members. */
  #serving = 0
  #place = 0
  #sent = 0
  #skipped = 0

  constructor(topic: string, servings: readonly Serving[]) {
    this.#topic = topic
    this.#servings = servings
  }

  /** How many connections it was sent to. */
  get sent(): number {
    return this.#sent
  }

  /** How many connections were left out because they are slow. */
  get skipped(): number {
    return this.#skipped
  }

  /**
   * Sends it to all that are left. An engine may run code of the application while it sends. If that code
   * publishes too, the rest of this one is sent by another call from within.
   */
  finish(): void {
    for (;;) {
      const serving = this.#servings[this.#serving]
      if (serving === undefined) return
      const member = serving.members[this.#place]
      if (member === undefined) {
        this.#serving++
        this.#place = 0
      } else {
        this.#place++
        this.#serve(member, serving)
      }
    }
  }

  #serve(member: Member, { message, mode }: Serving): void {
    if (mode.skips && member.isBehind) {
      member.miss(this.#topic)
      this.#skipped++
      return
    }
    const result = member.connection.send(message)
    if (result === 'closed') return
    this.#sent++
    if (result === 'queued') member.isBehind = true
  }
}
