import type { Data } from './message.ts'
import { MessageQueue } from './message-queue.ts'

/**
 * Messages that were sent and may not have arrived. The answer to a heartbeat confirms all messages that were
 * sent before it, because the stream is ordered.
 */
export class Unconfirmed extends MessageQueue {
  /** How many messages were dropped because there was no room, at most. The oldest are dropped first. */
  forgotten = 0
  /** The number of heartbeats that were sent before the last dropped message. */
  #beatsForgotten = 0

  add(data: Data, beats: number, at: number): void {
    while (this.maxSize > 0 && !this.push(data, { beats, at })) {
      this.forgotten++
      const oldest = this.shift()
      this.#beatsForgotten = oldest?.beats ?? beats
      if (oldest === undefined) return
    }
  }

  /** To be called with the number of answered heartbeats. */
  confirm(answers: number): void {
    while ((this.first?.beats ?? answers) < answers) this.shift()
    if (this.#beatsForgotten < answers) this.forgotten = 0
  }
}
