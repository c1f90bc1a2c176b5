import type { Data } from './message.ts'
import { MessageQueue } from './message-queue.ts'

/**
 * Messages that were handed to the socket, and of which it is not known whether they arrived. The
 * stream is ordered: the answer to a heartbeat shows that all that was sent before it has arrived.
 */
export class Unconfirmed extends MessageQueue {
  /** How many there was no room for, at most. The oldest go first. */
  forgotten = 0
  /** How many heartbeats were sent before the last one that was forgotten. */
  #beatsForgotten = 0

  add(data: Data, beats: number, at: number): void {
    while (this.maxSize > 0 && !this.push(data, beats, at)) {
      this.forgotten++
      const oldest = this.shift()
      this.#beatsForgotten = oldest?.beats ?? beats
      if (oldest === undefined) return
    }
  }

  /** So many heartbeats have been answered. */
  confirm(answers: number): void {
    while ((this.first?.beats ?? answers) < answers) this.shift()
    if (this.#beatsForgotten < answers) this.forgotten = 0
  }
}
