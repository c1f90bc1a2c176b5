import { setImmediate } from 'node:timers'
import { type Bytes, bytesOf, type TurnWaiter } from '@wirebeat/core/adapter'

/**
 * How many sessions may wait in one turn. Their messages were copied, and V8 copies them again at each garbage
 * collection. With many more that would cost what the waiting saves.
 */
const MAX_WAITERS = 128
/** How many sessions are woken together. They share the memory for what they send. */
const GROUP_SIZE = 8
/** How many bytes one connection may gather. The engine does not combine more either. */
export const MAX_BURST = 16_000
const CAPACITY = GROUP_SIZE * 16 * 1024
/** Bytes that each message counts more, so that empty messages count too. */
const OVERHEAD = 16

/** The messages that one connection sends at the end of a turn. */
export interface Burst {
  /** The messages in order. Bytes lie in the memory of the turn. */
  readonly messages: (string | Uint8Array)[]
  /** Bytes of all of them. */
  size: number
}

/** A connection that gathers messages. */
export interface Sender {
  /** The messages that wait. The turn adds to them. */
  burst: Burst | undefined
  /** Sends what waits, if anything does. Does not throw. */
  flush(): void
}

/**
 * A turn of the event loop. The engine runs promises after each message that it delivers, so a loop session
 * wakes for one message, answers it, and waits again. At 64 bytes with 16 messages outstanding, a profile
 * shows a third of the time in waking sessions, and in the system waking the client with each answer. So when
 * several messages arrive together, sessions are woken at the end of the turn, each for all its messages. What
 * a session sends until it waits again is gathered, and is sent in one write for each connection.
 *
 * Messages that are sent at any other time are not gathered. Within its own callbacks the engine combines
 * them itself.
 */
class Turn {
  /** Whether sessions were just woken, so that messages must be gathered. */
  isEnding = false
  #waiters: TurnWaiter[] = []
  #senders: Sender[] = []
  readonly #memory = new ArrayBuffer(CAPACITY)
  /** Where the next bytes go. */
  #end = 0
  /** How much of the capacity is used. Texts count too, though they lie elsewhere. */
  #taken = 0

  /** Wakes the session at the end of the turn. Returns `false` when enough sessions wait. */
  awaitEnd(waiter: TurnWaiter): boolean {
    if (this.#waiters.length === MAX_WAITERS) return false
    if (this.#waiters.length % GROUP_SIZE === 0) {
      // One after the other: Node runs promises between the two, and reads nothing meanwhile.
      setImmediate(this.#wakeGroup)
      setImmediate(this.#endGroup)
    }
    this.#waiters.push(waiter)
    return true
  }

  /** Gathers a message. `size` is in bytes, and at most the capacity without the overhead. */
  add(sender: Sender, data: string | Bytes, size: number): void {
    if (this.#taken + size + OVERHEAD > CAPACITY) this.#flush()
    this.#taken += size + OVERHEAD
    const message = typeof data === 'string' ? data.toWellFormed() : this.#copy(bytesOf(data))
    if (sender.burst === undefined) {
      sender.burst = { messages: [message], size }
      this.#senders.push(sender)
    } else {
      sender.burst.messages.push(message)
      sender.burst.size += size
    }
  }

  #copy(data: Uint8Array): Uint8Array {
    const copy = new Uint8Array(this.#memory, this.#end, data.length)
    copy.set(data)
    this.#end += data.length
    return copy
  }

  readonly #wakeGroup = (): void => {
    this.isEnding = true
    for (const waiter of this.#waiters.splice(0, GROUP_SIZE)) waiter.turnEnded()
  }

  readonly #endGroup = (): void => {
    this.isEnding = false
    this.#flush()
  }

  #flush(): void {
    const senders = this.#senders
    this.#senders = []
    for (const sender of senders) sender.flush()
    this.#end = 0
    this.#taken = 0
  }
}

/** One turn for all connections of the thread, because they share its event loop. */
export const turn: Turn = new Turn()
