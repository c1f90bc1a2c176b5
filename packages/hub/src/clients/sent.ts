import type { Sent } from '../definition/clients.ts'

/** What became of a message that was sent in several parts. */
export class SentTogether implements Sent {
  readonly local: number
  readonly relay: Sent['relay']
  readonly #parts: readonly Sent[]

  constructor(parts: readonly Sent[]) {
    this.local = parts.reduce((sum, { local }) => sum + local, 0)
    this.relay = ORDER.find((relay) => parts.some((part) => part.relay === relay)) ?? 'none'
    this.#parts = parts
  }

  async confirmed(): Promise<boolean> {
    const all = await Promise.all(this.#parts.map((part) => part.confirmed()))
    return all.every((isConfirmed) => isConfirmed)
  }
}

/** What is worst comes first. */
const ORDER: readonly Sent['relay'][] = ['down', 'handed-over']

/** What became of a message to connections by their ids. */
export class SentToConnections implements Sent {
  readonly local: number
  readonly relay: Sent['relay']
  readonly #reached: Promise<boolean> | boolean

  /** @param reached whether it was sent to each of them */
  constructor(local: number, relay: Sent['relay'], reached: Promise<boolean> | boolean) {
    this.local = local
    this.relay = relay
    this.#reached = reached
  }

  async confirmed(): Promise<boolean> {
    return this.#reached
  }
}

/** To one connection of this server. */
export const SENT_HERE: Sent = new SentToConnections(1, 'none', true)
export const SENT_TO_NOBODY: Sent = new SentToConnections(0, 'none', false)
/** To all of no connections. */
export const SENT_TO_ALL: Sent = new SentToConnections(0, 'none', true)
