import type { Message } from '@wirebeat/core'
import { NETWORK_BUFFER } from './peer.ts'

/** What topics must do, written as simply as can be. */
export interface ModelSubscription {
  readonly as: string
  readonly slow: 'close' | 'skip'
  missed: number
}

export const MAX_BUFFERED = 300

/** A connection, as the model sees it. */
export class ModelConnection {
  readonly messages: Message[] = []
  readonly subscriptions = new Map<string, ModelSubscription>()
  isOpen = true
  #isPaused = false
  #waiting = 0
  #isBehind = false

  get isBehind(): boolean {
    return this.#isBehind
  }

  /** Returns whether it was sent. */
  send(message: Message): boolean {
    if (!this.isOpen) return false
    if (this.#isBehind && this.#waiting - NETWORK_BUFFER > MAX_BUFFERED) {
      this.isOpen = false
      return false
    }
    this.messages.push(message)
    if (!this.#isPaused) return true
    this.#waiting += Buffer.byteLength(message)
    this.#isBehind ||= this.#waiting > NETWORK_BUFFER
    return true
  }

  pause(): void {
    this.#isPaused = true
  }

  /** Returns what it has missed, by topic. */
  resume(): ReadonlyMap<string, number> {
    this.#isPaused = false
    this.#waiting = 0
    const missed = new Map<string, number>()
    if (!this.#isBehind) return missed
    this.#isBehind = false
    for (const [topic, subscription] of this.subscriptions) {
      if (subscription.missed > 0 && this.isOpen) missed.set(topic, subscription.missed)
      subscription.missed = 0
    }
    return missed
  }
}
