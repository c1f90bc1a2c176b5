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
/** How many messages one connection may gather, of which the smallest take more memory than they count. */
export const MAX_MESSAGES = 1_024
/** Bytes of memory to which messages are copied, at a time. */
const MEMORY = GROUP_SIZE * 16 * 1024
/** Bytes that all connections may gather. */
const CAPACITY = 16 * 1024 * 1024
/** Bytes that each message counts more, so that empty messages count too. */
const OVERHEAD = 16

/** A prepared message as the engine takes it. */
export interface PreparedPayload {
  readonly bytes: ArrayBuffer
  readonly isBinary: boolean
}

/** The messages that one connection sends at the end of a turn. */
export interface Burst {
  /** The messages in order. A `Uint8Array` lies in the memory of the turn. */
  readonly messages: (string | Uint8Array | PreparedPayload)[]
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
 * What is sent to a connection at any other time is gathered too, and leaves in one write when the turn ends.
 * Not so within the engine's callback for a message of the same connection, where the engine puts together what
 * is sent. It does that for one connection at a time, so for others it can only be done later.
 */
class Turn {
  /** Whether sessions were just woken, so that messages must be gathered. */
  isEnding = false
  #waiters: TurnWaiter[] = []
  #senders: Sender[] = []
  #memory = new ArrayBuffer(MEMORY)
  /** Where the next bytes go. */
  #end = 0
  /** How much of the capacity is used. Texts count too, though they lie elsewhere. */
  #taken = 0
  #isScheduled = false
  /** The socket whose message the engine is delivering, or has delivered last. */
  #entered: object | undefined
  /** Messages that were sent to it since. */
  #sentWithin = 0
  #isLeaving = false

  /** The engine delivers a message of this socket. */
  entered(socket: object): void {
    this.#entered = socket
    this.#sentWithin = 0
  }

  /**
   * Whether the engine is within a callback for a message of this socket, and so puts together what is sent to
   * it. Nobody tells when promises of the callback have run and it is over. So after it one turn may be wrong
   * about it, and each message of that turn leaves by itself.
   */
  isWithin(socket: object): boolean {
    if (this.isEnding || this.#entered !== socket) return false
    this.#sentWithin++
    if (this.#sentWithin > 1 && !this.#isLeaving) {
      this.#isLeaving = true
      setImmediate(this.#leave)
    }
    return true
  }

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

  /** Gathers a message. `size` is in bytes, and at most {@link MAX_BURST}. */
  add(sender: Sender, data: string | Bytes | PreparedPayload, size: number): void {
    if (this.#taken + size + OVERHEAD > CAPACITY) this.#flush()
    this.#taken += size + OVERHEAD
    const message = isBytes(data) ? this.#copy(bytesOf(data)) : data
    if (sender.burst === undefined) {
      sender.burst = { messages: [message], size }
      this.#senders.push(sender)
    } else {
      sender.burst.messages.push(message)
      sender.burst.size += size
    }
    if (!this.isEnding && !this.#isScheduled) {
      this.#isScheduled = true
      setImmediate(this.#endTurn)
    }
  }

  #copy(data: Uint8Array): Uint8Array {
    if (this.#end + data.length > MEMORY) {
      this.#memory = new ArrayBuffer(MEMORY)
      this.#end = 0
    }
    const copy = new Uint8Array(this.#memory, this.#end, data.length)
    copy.set(data)
    this.#end += data.length
    return copy
  }

  readonly #leave = (): void => {
    this.#isLeaving = false
    this.#entered = undefined
  }

  readonly #endTurn = (): void => {
    this.#isScheduled = false
    this.#flush()
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

function isBytes(data: string | Bytes | PreparedPayload): data is Bytes {
  return typeof data === 'object' && !('isBinary' in data)
}

/** One turn for all connections of the thread, because they share its event loop. */
export const turn: Turn = new Turn()
