import { type Bytes, bytesOf } from '../runtime/bytes.ts'
import { Burst } from './burst.ts'
import type { MessageType } from './message.ts'
import type { Prepared } from './prepared.ts'

/** How many bytes one connection may gather. Engines put together 16 KiB, with the headers of frames. */
export const MAX_BURST = 16_000
/** How many messages one connection may gather, of which the smallest take more memory than they count. */
const MAX_MESSAGES = 1_024
/** Larger messages are not gathered, because copying them costs more than it saves. */
const MAX_COPIED = 4 * 1024
/** Bytes of memory to which messages are copied, at a time. */
const MEMORY = 128 * 1024
/** Bytes that all connections may gather. */
const CAPACITY = 16 * 1024 * 1024
/** Bytes that each message counts more, so that empty messages count too. */
const OVERHEAD = 16

/** A transport that gathers messages. */
export interface BurstSender {
  /** The messages that wait. The batch adds to them. */
  burst: Burst | undefined
  /**
   * Bytes that may be gathered, at most {@link MAX_BURST}. Whether a client is slow is judged when the engine has
   * been given them, so no more than `maxBufferedAmount`.
   */
  readonly maxBurst: number
  /** Whether something waits for the network. What is sent then must be told to be queued. */
  readonly isBackedUp: boolean
  /** The number of bytes of a text in UTF-8. */
  byteLength(text: string): number
  /** Sends what waits, if anything does. Does not throw. */
  flush(): void
}

/**
 * Gathers what is sent in one turn of the event loop, for each connection, so that it leaves in one write.
 *
 * For engines that put together what is sent within a callback for a message of the same connection, and for
 * others when they are told to, one connection at a time. So what is sent within such a callback is not gathered,
 * and all else is.
 */
export class TurnBatch {
  /** Whether the turn is ending: the engine is within no callback, and {@link flush} will be called. */
  protected isEnding = false
  readonly #later: (callback: () => void) => void
  #senders: BurstSender[] = []
  /** The burst that began with a prepared message last. */
  #shared: Burst | undefined
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

  /** @param later calls back at the end of a turn, when the engine is within no callback */
  constructor(later: (callback: () => void) => void) {
    this.#later = later
  }

  /** The engine delivers a message of this socket. */
  entered(socket: object): void {
    this.#entered = socket
    this.#sentWithin = 0
  }

  /**
   * Whether the engine is within a callback for a message of this socket. Nobody tells when promises of the
   * callback have run and it is over. So after it one turn may be wrong about it, and each message of that turn
   * leaves by itself.
   */
  isWithin(socket: object): boolean {
    if (this.#entered !== socket || this.isEnding) return false
    if (++this.#sentWithin > 1 && !this.#isLeaving) this.#leaveLater()
    return true
  }

  /** Gathers a message, which then counts as sent. Returns `false` when it must be sent now. */
  gather(sender: BurstSender, data: string | Bytes, type: MessageType): boolean {
    const isText = typeof data === 'string'
    // Bytes that are sent as text are rare, and a burst does not store their type.
    if (isText !== (type === 'text') || (isText && data.length > MAX_COPIED)) return false
    const size = isText ? sender.byteLength(data) : data.byteLength
    if (size > MAX_COPIED || !hasRoom(sender, size)) return false
    const message = isText ? data : this.#copy(bytesOf(data))
    this.#put(sender, sender.burst?.and(message, size) ?? Burst.of(message, size), size)
    return true
  }

  /** Gathers a prepared message. Returns `false` when it must be sent now. */
  gatherPrepared(sender: BurstSender, message: Prepared): boolean {
    const size = message.bytes.length
    if (!hasRoom(sender, size)) return false
    this.#put(sender, sender.burst?.andShared(message, size) ?? this.#begin(message, size), size)
    return true
  }

  /** Sends all that waits. */
  flush(): void {
    const senders = this.#senders
    this.#senders = []
    this.#shared = undefined
    for (const sender of senders) sender.flush()
    this.#end = 0
    this.#taken = 0
  }

  #begin(message: Prepared, size: number): Burst {
    if (this.#shared?.endsWith(message) !== true) this.#shared = Burst.shared(message, size)
    return this.#shared
  }

  #put(sender: BurstSender, burst: Burst, size: number): void {
    if (sender.burst === undefined) this.#senders.push(sender)
    sender.burst = burst
    this.#taken += size + OVERHEAD
    if (this.#taken > CAPACITY) this.flush()
    else if (!this.#isScheduled && !this.isEnding) {
      this.#isScheduled = true
      this.#later(this.#endTurn)
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

  #leaveLater(): void {
    this.#isLeaving = true
    this.#later(this.#leave)
  }

  readonly #leave = (): void => {
    this.#isLeaving = false
    this.#entered = undefined
  }

  readonly #endTurn = (): void => {
    this.#isScheduled = false
    this.flush()
  }
}

function hasRoom(sender: BurstSender, size: number): boolean {
  const { burst, maxBurst } = sender
  if (burst === undefined) return size <= maxBurst && !sender.isBackedUp
  return burst.size + size <= maxBurst && burst.messages.length < MAX_MESSAGES
}
