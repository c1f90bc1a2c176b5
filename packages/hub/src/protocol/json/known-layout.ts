import { type Incoming, NO_STREAMS, PING } from '../record.ts'
import { isHarmless } from './prototype-member.ts'

const PING_TEXT = '{"type":6}'

const SPACE = 0x20
const QUOTE = 0x22
const COMMA = 0x2c
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
  if (end - start === PING_TEXT.length && isAt(text, start, PING_TEXT)) return PING
  if (!isAt(text, end - 1, '}')) return undefined
  const known = readFront(text, start)
  if (known === undefined) return undefined
  known.end = end - 1
  takeType(text, known)
  const { valueStart } = known
  if (isAt(text, valueStart, '"arguments":')) return call(text, known, valueStart + 12)
  if (isAt(text, valueStart, '"item":')) return item(text, known, valueStart + 7)
  if (isAt(text, valueStart, '"result":')) return result(text, known, valueStart + 9)
  return undefined
}

/** Of equal members the last one counts. */
interface Known {
  type: number
  id: string | undefined
  target: string | undefined
  /** Where the name of the value stands. */
  valueStart: number
  /** Where the known members behind the value begin. */
  end: number
}

/** The members that clients write before the value. */
function readFront(text: string, start: number): Known | undefined {
  if (!isAt(text, start, '{')) return undefined
  let at = start + 1
  let type = 0
  let id: string | undefined
  let target: string | undefined
  if (isAt(text, at, '"type":')) {
    type = text.charCodeAt(at + 7) - ZERO
    if (type < 1 || type > 9 || text.charCodeAt(at + 8) !== COMMA) return undefined
    at += 9
  }
  if (isAt(text, at, '"invocation') && isAt(text, at + 11, 'Id":"')) {
    const end = closingQuote(text, at + 16)
    if (text.charCodeAt(end + 1) !== COMMA) return undefined
    id = text.slice(at + 16, end)
    at = end + 2
  }
  if (isAt(text, at, '"target":"')) {
    const end = closingQuote(text, at + 10)
    if (text.charCodeAt(end + 1) !== COMMA) return undefined
    target = text.slice(at + 10, end)
    at = end + 2
  }
  return { type, id, target, valueStart: at, end: 0 }
}

/** Takes the type from the end. What is not taken is left to the value, which is none then. */
function takeType(text: string, known: Known): void {
  const { end } = known
  const digit = text.charCodeAt(end - 1) - ZERO
  if (digit > 0 && digit < 10 && isAt(text, end - 9, ',"type":')) {
    known.type = digit
    known.end = end - 9
  }
}

function call(text: string, known: Known, start: number): Incoming | undefined {
  takeTexts(text, known, start)
  const { type, id, target } = known
  const args = parse(text, start, known.end)
  if (target === undefined || !Array.isArray(args)) return undefined
  if (type === 1) {
    return { kind: 'invocation', id: id || undefined, target, args, streamIds: NO_STREAMS }
  }
  if (type !== 4 || !id) return undefined
  return { kind: 'stream-invocation', id, target, args, streamIds: NO_STREAMS }
}

/** Takes the target and the id from the end. */
function takeTexts(text: string, known: Known, least: number): void {
  if (text.charCodeAt(known.end - 1) !== QUOTE) return
  let opening = openingQuote(text, known.end - 1, least)
  if (isAt(text, opening - 10, ',"target":')) {
    known.target = text.slice(opening + 1, known.end - 1)
    known.end = opening - 10
    if (text.charCodeAt(known.end - 1) !== QUOTE) return
    opening = openingQuote(text, known.end - 1, least)
  }
  if (isAt(text, opening - 4, 'Id":') && isAt(text, opening - 16, ',"invocation')) {
    known.id = text.slice(opening + 1, known.end - 1)
    known.end = opening - 16
  }
}

function item(text: string, { type, id, end }: Known, start: number): Incoming | undefined {
  const item = type === 2 && id ? parse(text, start, end) : undefined
  if (item === undefined || id === undefined) return undefined
  return { kind: 'stream-item', id, isReadable: true, item }
}

function result(text: string, { type, id, end }: Known, start: number): Incoming | undefined {
  const result = type === 3 && id ? parse(text, start, end) : undefined
  if (result === undefined || id === undefined) return undefined
  return { kind: 'completion', id, error: undefined, hasResult: true, result }
}

/** A value. `undefined` for what is none, or has to be looked at closely. */
function parse(text: string, start: number, end: number): unknown {
  if (end <= start) return undefined
  try {
    const value: unknown = JSON.parse(text.slice(start, end))
    return isHarmless(value, 1) ? value : undefined
  } catch {
    return undefined
  }
}

/** V8 compares a part of up to 12 characters much sooner than a longer one, and than `startsWith` does. */
function isAt(text: string, at: number, part: string): boolean {
  return text.slice(at, at + part.length) === part
}

/** Where a text ends that has no escapes. -2, behind which nothing stands, for one that has. */
function closingQuote(text: string, start: number): number {
  for (let at = start; ; at++) {
    const unit = text.charCodeAt(at)
    if (unit === QUOTE) return at
    // Or behind the end.
    if (unit === BACKSLASH || !(unit >= SPACE)) return -2
  }
}

/** Where a text begins that has no escapes. `least` for one that has, or begins before. */
function openingQuote(text: string, closing: number, least: number): number {
  for (let at = closing - 1; at > least; at--) {
    const unit = text.charCodeAt(at)
    if (unit === QUOTE) return at
    if (unit === BACKSLASH || unit < SPACE) break
  }
  return least
}
