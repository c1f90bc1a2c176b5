import { type Bytes, bytesOf, type TurnWaiter } from '@wirebeat/core/adapter'

/**
 * Sessions that may wait in one turn. What they wait for has been copied, and V8 copies it again each time
 * that it collects: with many more, that takes what the waiting saves.
 */
const MAX_WAITERS = 128
/** Sessions that are woken up together. They share the memory for what they send. */
const GROUP_SIZE = 8
/** Bytes that one connection may gather: the engine puts no more together either. */
export const MAX_BURST = 16_000
const CAPACITY = GROUP_SIZE * 16 * 1024
/** What a message takes of the capacity beside its bytes, so that empty ones are not free. */
const OVERHEAD = 16

/** What one connection sends at the end of a turn. */
export interface Burst {
  /** In order. Bytes lie in the memory of the turn. */
  readonly messages: (string | Uint8Array)[]
  /** Bytes of all of them. */
  size: number
}

export interface Sender {
  /** What waits. The turn adds to it. */
  burst: Burst | undefined
  /** Sends what waits, if anything does. Does not throw. */
  flush(): void
}

/**
 * A turn of the event loop. The engine lets promises go on after each message that it delivers, so a loop
 * session wakes up for one message, answers it, and waits again. At 64 bytes with 16 messages outstanding
 * a profile shows a third of the time in the waking, and in the system waking the peer with the answers to
 * each read. So where several messages come together, sessions are woken up at the end of the turn, each
 * for all that has come. What they send until they wait again is gathered, and leaves in one write for
 * each connection.
 *
 * What is sent at any other time is not gathered: within its own callbacks the engine puts together what
 * their connection sends.
 */
class Turn {
  /** Whether sessions have just been woken up, so that what is sent now is to be gathered. */
  isEnding = false
  #waiters: TurnWaiter[] = []
  #senders: Sender[] = []
  readonly #memory = new ArrayBuffer(CAPACITY)
  /** Where the next bytes go. */
  #end = 0
  /** What is taken of the capacity: texts take of it too, which lie elsewhere. */
  #taken = 0

  /** Wakes the session up at the end, or returns `false` when enough of them wait. */
  awaitEnd(waiter: TurnWaiter): boolean {
    if (this.#waiters.length === MAX_WAITERS) return false
    if (this.#waiters.length % GROUP_SIZE === 0) {
      // Next to each other: Node lets promises go on between two of them, and reads nothing meanwhile.
      setImmediate(this.#wakeGroup)
      setImmediate(this.#endGroup)
    }
    this.#waiters.push(waiter)
    return true
  }

  /** Gathers a message of so many bytes, at most the capacity without the overhead. */
  add(sender: Sender, data: string | Bytes, size: number): void {
    if (this.#taken + size + OVERHEAD > CAPACITY) this.#flush()
    this.#taken += size + OVERHEAD
    const message = typeof data === 'string' ? data : this.#copy(bytesOf(data))
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

/** One for all connections of the thread, as they share its event loop. */
export const turn: Turn = new Turn()
