import type { Connection } from '@wirebeat/core'
import { NONE, type Ring } from './rings.ts'

/** A connection that is subscribed to something: a ring of its subscriptions. */
export class Member implements Ring {
  readonly connection: Connection
  first: number = NONE
  count = 0
  /** Whether messages wait for the network: from a `queued` until the drain. */
  isBehind = false
  /** How many messages it was left out of while it was behind, by topic. */
  missed: Map<string, number> | undefined = undefined

  constructor(connection: Connection) {
    this.connection = connection
  }

  /** Notes that it was left out of a message. */
  miss(topic: string): void {
    this.missed ??= new Map()
    this.missed.set(topic, (this.missed.get(topic) ?? 0) + 1)
  }
}
