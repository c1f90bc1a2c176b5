import { type Bytes, type Prepared, prepare } from '@wirebeat/core'
import { encodeText, isPrepared, localBytes, show } from '@wirebeat/core/extension'
import type { Variant } from './relay/envelope.ts'

/** A message that exists in several encodings. */
export interface Payload<Encoding extends string = string> {
  /**
   * The message in this encoding. Called at most once for each encoding, and only for those in which somebody
   * gets it. A `Uint8Array` or an `ArrayBuffer` is sent as binary. To send bytes as text, return
   * `prepare(bytes, 'text')`.
   */
  encode(encoding: Encoding): string | Bytes | Prepared
}

/** What can be published: a message for all, or one that is asked for in each encoding. */
export type Publishable<Encoding extends string = string> =
  | string
  | Bytes
  | Prepared
  | Payload<Encoding>

/** What became of a publication. */
export interface Published {
  /**
   * How many connections of this server it was sent to. Those that did not get it do not count: the exceptions,
   * slow ones, and those that are closing.
   */
  readonly local: number
  /**
   * - `none`: it is for this server only, because there is no backplane, or by the option `local`.
   * - `handed-over`: it leaves for other servers at the end of this turn.
   * - `down`: it reaches this server only, because the backplane is down, or too much waits for the broker.
   */
  readonly relay: 'none' | 'handed-over' | 'down'
  /**
   * Resolves with whether the broker has taken it. `true` for `none`, `false` for `down`. Never rejects. It does not
   * say that another server has it; there the event `gap` tells what is missing.
   */
  confirmed(): Promise<boolean>
}

/** What a connection can be sent. */
export type Sendable = string | Bytes | Prepared

/** @throws TypeError for a value that cannot be published. */
export function checkPublishable(message: unknown): void {
  if (isSendable(message) || isPayload(message)) return
  const allowed = `${SENDABLE}, a prepared message or an object with encode(encoding)`
  throw new TypeError(`The message to publish must be ${allowed}, got ${show(message)}.`)
}

/**
 * The function that gives the message in each encoding, made once.
 *
 * @param isForMany whether several connections get it, so that preparing it pays
 */
export function encoderOf<Encoding extends string>(
  message: Publishable<Encoding>,
  isForMany: boolean,
): (encoding: Encoding) => Sendable {
  const finish = isForMany ? prepared : (sendable: Sendable) => sendable
  if (isSendable(message)) {
    const same = finish(message)
    return () => same
  }
  const made = new Map<Encoding, Sendable>()
  return (encoding) => {
    const known = made.get(encoding)
    if (known !== undefined) return known
    const encoded = finish(checkEncoded(message.encode(encoding), encoding))
    made.set(encoding, encoded)
    return encoded
  }
}

/** A message as other servers get it, in all encodings. */
export function variantsOf<Encoding extends string>(
  message: Publishable<Encoding>,
  encodings: readonly Encoding[],
  encode: (encoding: Encoding) => Sendable,
): Variant[] {
  if (isSendable(message)) return [variantOf('', message)]
  return encodings.map((encoding) => variantOf(encoding, encode(encoding)))
}

function variantOf(encoding: string, message: Sendable): Variant {
  if (isPrepared(message)) return { encoding, type: message.type, bytes: message.bytes }
  if (typeof message === 'string') return { encoding, type: 'text', bytes: encodeText(message) }
  // Checked when it was published.
  return { encoding, type: 'binary', bytes: localBytes(message) as Uint8Array }
}

const SENDABLE = 'a string, a Uint8Array, an ArrayBuffer'

function checkEncoded(encoded: Sendable, encoding: string): Sendable {
  if (isSendable(encoded)) return encoded
  const allowed = `${SENDABLE} or a prepared message`
  throw new TypeError(`encode(${show(encoding)}) must return ${allowed}, got ${show(encoded)}.`)
}

function prepared(message: Sendable): Prepared {
  return isPrepared(message) ? message : prepare(message)
}

function isSendable(value: unknown): value is Sendable {
  return typeof value === 'string' || isPrepared(value) || localBytes(value) !== undefined
}

function isPayload(value: unknown): boolean {
  const isObject = typeof value === 'object' && value !== null
  return isObject && 'encode' in value && typeof value.encode === 'function'
}
