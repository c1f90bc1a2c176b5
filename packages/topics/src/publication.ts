import { type Bytes, type Prepared, prepare } from '@wirebeat/core'
import { isPrepared, localBytes, show } from '@wirebeat/core/extension'

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
