import { type Incoming, NO_STREAMS, PING } from '../record.ts'
import { isHarmless } from './prototype-member.ts'

const PING_TEXT = '{"type":6}'

const SPACE = 0x20
const QUOTE = 0x22
const ZERO = 0x30
const BACKSLASH = 0x5c

/**
 * Reads a record that is written as clients write theirs, of which nothing but the arguments, the item or the result
 * is parsed.
 *
 * There is one way only to read JSON: where a value stands between the parts that are known, the whole is an object of
 * these members. So what this function reads, `readRecord` reads the same.
 *
 * @param end where the end of the record stands in the text
 * @returns `undefined` for every other record, among them all that are wrong
 */
export function readKnownLayout(text: string, start: number, end: number): Incoming | undefined {
  if (end - start === PING_TEXT.length && text.slice(start, end) === PING_TEXT) return PING
  const layout = new Layout(text, start, end)
  if (!layout.takeBraces() || !layout.takeFront()) return undefined
  if (layout.skip('"arguments":')) return call(layout)
  if (layout.skip('"item":')) return item(layout)
  if (layout.skip('"result":')) return result(layout)
  return undefined
}

function call(layout: Layout): Incoming | undefined {
  layout.takeType()
  layout.takeTexts()
  const { type, id, target } = layout
  const args = layout.parse()
  if (target === undefined || !Array.isArray(args)) return undefined
  if (type === 1) {
    const kind = 'invocation'
    return { kind, id: id || undefined, target, args, streamIds: NO_STREAMS }
  }
  if (type !== 4 || !id) return undefined
  return { kind: 'stream-invocation', id, target, args, streamIds: NO_STREAMS }
}

function item(layout: Layout): Incoming | undefined {
  layout.takeType()
  const { type, id } = layout
  const item = type === 2 && id !== undefined ? layout.parse() : undefined
  if (item === undefined || id === undefined) return undefined
  return { kind: 'stream-item', id, isReadable: true, item }
}

function result(layout: Layout): Incoming | undefined {
  layout.takeType()
  const { type, id } = layout
  const result = type === 3 && id !== undefined ? layout.parse() : undefined
  if (result === undefined || id === undefined) return undefined
  return { kind: 'completion', id, error: undefined, hasResult: true, result }
}

/** A record, of which the members before and behind the value are taken. Of equal ones, the last one counts. */
class Layout {
  type = 0
  id: string | undefined = undefined
  target: string | undefined = undefined
  readonly #text: string
  /** What has not been taken. */
  #start: number
  #end: number

  constructor(text: string, start: number, end: number) {
    this.#text = text
    this.#start = start
    this.#end = end
  }

  takeBraces(): boolean {
    return this.skip('{') && this.#drop('}', this.#end)
  }

  /** Takes what stands before the value. Returns whether it is what clients write. */
  takeFront(): boolean {
    if (this.skip('"type":')) {
      this.type = this.#text.charCodeAt(this.#start++) - ZERO
      if (this.type < 1 || this.type > 9 || !this.skip(',')) return false
    }
    if (this.skip('"invocation')) {
      this.id = this.skip('Id":"') ? this.#plainText() : undefined
      if (this.id === undefined) return false
    }
    if (this.skip('"target":"')) {
      this.target = this.#plainText()
      if (this.target === undefined) return false
    }
    return true
  }

  /** Takes the type from the end. What is not taken is left to the value, which is none then. */
  takeType(): void {
    const last = this.#end - 1
    const digit = this.#text.charCodeAt(last) - ZERO
    if (digit > 0 && digit < 10 && this.#drop(',"type":', last)) this.type = digit
  }

  /** Takes the target and the id from the end. */
  takeTexts(): void {
    if (this.#text.charCodeAt(this.#end - 1) !== QUOTE) return
    let closing = this.#end - 1
    let opening = this.#openingQuote(closing)
    if (this.#drop(',"target":"', opening + 1)) {
      this.target = this.#text.slice(opening + 1, closing)
      closing = this.#end - 1
      if (this.#text.charCodeAt(closing) !== QUOTE) return
      opening = this.#openingQuote(closing)
    }
    if (this.#drop('Id":"', opening + 1) && this.#drop(',"invocation', this.#end)) {
      this.id = this.#text.slice(opening + 1, closing)
    }
  }

  /** The value that is left. `undefined` for what is none, or has to be looked at closely. */
  parse(): unknown {
    if (this.#start >= this.#end) return undefined
    try {
      const value: unknown = JSON.parse(this.#text.slice(this.#start, this.#end))
      return isHarmless(value, 1) ? value : undefined
    } catch {
      return undefined
    }
  }

  /** Takes a text from the start, if it is there. Up to 12 characters V8 compares without a call. */
  skip(text: string): boolean {
    const end = this.#start + text.length
    if (this.#text.slice(this.#start, end) !== text) return false
    this.#start = end
    return true
  }

  /** Takes a text that ends at `end`, with all behind it, if it is there. */
  #drop(text: string, end: number): boolean {
    const start = end - text.length
    if (start < this.#start || this.#text.slice(start, end) !== text) return false
    this.#end = start
    return true
  }

  /** Takes a text without escapes, its closing quote and a comma. */
  #plainText(): string | undefined {
    const start = this.#start
    let at = start
    let unit = this.#text.charCodeAt(at)
    while (unit !== QUOTE) {
      // Not a number at the end of all.
      if (unit === BACKSLASH || !(unit >= SPACE)) return undefined
      unit = this.#text.charCodeAt(++at)
    }
    this.#start = at + 1
    return this.skip(',') ? this.#text.slice(start, at) : undefined
  }

  /** Where a text without escapes begins that ends at `closing`, or `closing` when there is none. */
  #openingQuote(closing: number): number {
    for (let at = closing - 1; at > this.#start; at--) {
      const unit = this.#text.charCodeAt(at)
      if (unit === QUOTE) return at
      if (unit === BACKSLASH || unit < SPACE) break
    }
    return closing
  }
}
