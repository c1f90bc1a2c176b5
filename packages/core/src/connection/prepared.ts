import { type Bytes, encodeText, localBytes } from '../runtime/bytes.ts'
import { show } from '../runtime/show.ts'
import type { MessageType } from './message.ts'

/** The mark of a prepared message, also of one that another copy of this package has made. */
const PREPARED: unique symbol = Symbol.for('@wirebeat/core prepared message')

/**
 * One message for many connections, which never changes. {@link prepare} makes one, and `send` and
 * `sendAndWait` of every connection take it. What a server makes of it, such as a frame or compressed bytes,
 * is made once for all connections that need the same.
 */
export interface Prepared {
  /** What was prepared. Bytes are a copy. */
  readonly data: string | Uint8Array
  /** Whether it is sent as text or as binary. */
  readonly type: MessageType
  /** Its bytes, as they are sent. Those of a string in UTF-8. */
  readonly bytes: Uint8Array
  /**
   * Something that is made of this message, once. For adapters.
   *
   * @param kind says what is made; a symbol of the caller's own
   * @param make makes it. Called once for each kind; all later calls return the same value, which lives as
   * long as this message.
   */
  made<Made>(kind: symbol, make: (message: Prepared) => Made): Made
}

/**
 * Prepares one message that is sent to many connections. Sending it costs less than sending its data to each:
 * it is encoded once, and where messages are compressed, it is compressed once for all connections that have
 * agreed on the same, within the first `send` that needs it. Worth while from the second connection on.
 *
 * @param data a string for text, a `Uint8Array` or an `ArrayBuffer` for binary. Bytes are copied, so you may
 * change them afterwards.
 * @param type `'text'` sends bytes as text. They must be valid UTF-8. A string is always sent as text.
 * @throws TypeError for data of another type.
 */
export function prepare(data: string | Bytes, type: MessageType = 'binary'): Prepared {
  if (typeof data === 'string') return new PreparedMessage(data, 'text', encodeText(data))
  const given = localBytes(data)
  if (given === undefined) {
    throw new TypeError(
      `The data to prepare must be a string, a Uint8Array or an ArrayBuffer, got ${show(data)}.`,
    )
  }
  const bytes = new Uint8Array(given)
  return new PreparedMessage(bytes, type, bytes)
}

/** Whether a value was made by {@link prepare}. */
export function isPrepared(value: unknown): value is Prepared {
  return typeof value === 'object' && value !== null && PREPARED in value
}

class PreparedMessage implements Prepared {
  readonly [PREPARED] = true
  readonly data: string | Uint8Array
  readonly type: MessageType
  readonly bytes: Uint8Array
  /** What was made first. Most messages need nothing else. */
  #firstKind: symbol | undefined
  #first: unknown
  #others: Map<symbol, unknown> | undefined

  constructor(data: string | Uint8Array, type: MessageType, bytes: Uint8Array) {
    this.data = data
    this.type = type
    this.bytes = bytes
  }

  made<Made>(kind: symbol, make: (message: Prepared) => Made): Made {
    // A kind stands for one type, which only its owner knows.
    if (kind === this.#firstKind) return this.#first as Made
    const known = this.#others?.get(kind) as Made | undefined
    if (known !== undefined) return known
    const made = make(this)
    this.#keep(kind, made)
    return made
  }

  #keep(kind: symbol, made: unknown): void {
    if (this.#firstKind === undefined) {
      this.#firstKind = kind
      this.#first = made
    } else {
      this.#others ??= new Map()
      this.#others.set(kind, made)
    }
  }
}
