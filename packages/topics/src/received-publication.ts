import { type Prepared, prepare } from '@wirebeat/core'
import { show } from '@wirebeat/core/extension'
import { UnreadableError } from './relay/byte-reader.ts'
import type { Variant } from './relay/envelope.ts'
import { textOf } from './relay/utf8.ts'

/**
 * The function that gives a publication of another server in each encoding, made once. It gives `undefined` where it
 * cannot be read, and tells that once.
 *
 * @param onUnreadable told why
 */
export function readerOf(
  topic: string,
  variants: readonly Variant[],
  onUnreadable: (error: UnreadableError) => void,
): (encoding: string) => Prepared | undefined {
  const made = new Map<string, Prepared | undefined>()
  const drop = (why: string): undefined => {
    onUnreadable(new UnreadableError(why))
  }
  const read = (encoding: string, variant: Variant | undefined): Prepared | undefined => {
    if (variant === undefined) {
      return drop(`A publication to ${show(topic)} does not have the encoding ${show(encoding)}.`)
    }
    const { type, bytes } = variant
    // A client ends its connection when it is sent a text that is none (RFC 6455, section 8.1).
    if (type === 'text' && textOf(bytes) === undefined) {
      return drop(`A publication to ${show(topic)} has a text that is not UTF-8.`)
    }
    return prepare(bytes, type)
  }
  return (encoding) => {
    const variant = variants.find((one) => one.encoding === encoding || one.encoding === '')
    const name = variant?.encoding ?? encoding
    if (!made.has(name)) made.set(name, read(encoding, variant))
    return made.get(name)
  }
}
