import type { Prepared } from './prepared.ts'

/** How many messages a burst may have that several connections have. It is copied for each message more. */
const MAX_SHARED = 64

/** A text, bytes to be sent as binary, or a prepared message. */
export type GatheredMessage = string | Uint8Array | Prepared

/**
 * The messages that a connection sends at the end of a turn. Connections that are sent the same prepared messages in
 * the same order have one burst, so that a message to many takes no memory for each of them.
 */
export class Burst {
  /** The messages in order. Bytes lie in the memory of the turn. */
  readonly messages: readonly GatheredMessage[]
  readonly #own: GatheredMessage[] | undefined
  #size: number
  /** Of a shared one, what it was made into last by adding a message. */
  #next: Burst | undefined

  private constructor(messages: GatheredMessage[], size: number, isShared: boolean) {
    this.messages = messages
    this.#own = isShared ? undefined : messages
    this.#size = size
  }

  /** A burst of one connection alone. */
  static of(message: GatheredMessage, size: number): Burst {
    return new Burst([message], size, false)
  }

  /** A burst that all connections may have that are sent this message first. */
  static shared(message: Prepared, size: number): Burst {
    return new Burst([message], size, true)
  }

  /** Bytes of all messages. */
  get size(): number {
    return this.#size
  }

  /** Whether this message is the last one. */
  endsWith(message: GatheredMessage): boolean {
    return this.messages[this.messages.length - 1] === message
  }

  /** The burst of a connection that has this one and is sent a message more. It may be the same one. */
  and(message: GatheredMessage, size: number): Burst {
    if (this.#own === undefined) {
      return new Burst([...this.messages, message], this.#size + size, false)
    }
    this.#own.push(message)
    this.#size += size
    return this
  }

  /** The same for a message that others are sent too. */
  andShared(message: Prepared, size: number): Burst {
    if (this.#own !== undefined || this.messages.length === MAX_SHARED)
      return this.and(message, size)
    if (this.#next?.endsWith(message) !== true) {
      this.#next = new Burst([...this.messages, message], this.#size + size, true)
    }
    return this.#next
  }
}
