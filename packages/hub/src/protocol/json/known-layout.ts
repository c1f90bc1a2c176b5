import { type Incoming, NO_STREAMS, PING } from '../record.ts'
import { isHarmless } from './prototype-member.ts'

// The texts in them have no quote, no backslash and no control character.
/** What clients write before the arguments, the item or the result. */
const FRONT =
  /\{(?:"type":([1-4]),)?(?:"invocationId":"([ !#-[\]-\uffff]*)",)?(?:"target":"([ !#-[\]-\uffff]*)",)?"(arguments|item|result)":/y
/** What they write behind the arguments. */
const BACK =
  /(?:,"invocationId":"([ !#-[\]-\uffff]*)")?(?:,"target":"([ !#-[\]-\uffff]*)")?(?:,"type":([1-4]))?\}/y
/** What they write behind an item or a result, and how much follows it. */
const TYPE = ',"type":'
const TYPE_SIZE = '2}'.length

const PING_TEXT = '{"type":6}'

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
  FRONT.lastIndex = start
  const front = FRONT.exec(text)
  if (front === null) return undefined
  const [, type, id, target, name] = front
  const rest = { text, start: FRONT.lastIndex, end }
  return name === 'arguments' ? call(rest, type, id, target) : answer(rest, name, type, id)
}

/** A record without what {@link FRONT} has found. */
interface Rest {
  readonly text: string
  readonly start: number
  readonly end: number
}

/** Of equal members the last one counts. */
function call(
  { text, start, end }: Rest,
  type: string | undefined,
  id: string | undefined,
  target: string | undefined,
): Incoming | undefined {
  const valueEnd = text.lastIndexOf(']', end) + 1
  BACK.lastIndex = valueEnd
  const back = BACK.exec(text)
  if (back === null || BACK.lastIndex !== end) return undefined
  const [, lastId = id, lastTarget = target, lastType = type] = back
  const args = parse(text, start, valueEnd)
  if (lastTarget === undefined || !Array.isArray(args)) return undefined
  if (lastType === '1') {
    const kind = 'invocation'
    return { kind, id: lastId || undefined, target: lastTarget, args, streamIds: NO_STREAMS }
  }
  if (lastType !== '4' || !lastId) return undefined
  const kind = 'stream-invocation'
  return { kind, id: lastId, target: lastTarget, args, streamIds: NO_STREAMS }
}

function answer(
  { text, start, end }: Rest,
  name: string | undefined,
  type: string | undefined,
  id: string | undefined,
): Incoming | undefined {
  const typeStart = end - TYPE.length - TYPE_SIZE
  const isTypeLast = text.slice(typeStart, end - TYPE_SIZE) === TYPE
  const lastType = isTypeLast ? text.charAt(end - TYPE_SIZE) : type
  if (id === undefined || text.charAt(end - 1) !== '}') return undefined
  if (lastType !== (name === 'item' ? '2' : '3')) return undefined
  const value = parse(text, start, isTypeLast ? typeStart : end - 1)
  if (value === undefined) return undefined
  if (name === 'item') return { kind: 'stream-item', id, isReadable: true, item: value }
  return { kind: 'completion', id, error: undefined, hasResult: true, result: value }
}

/** A value, or `undefined` for what is none, or has to be looked at closely. */
function parse(text: string, start: number, end: number): unknown {
  if (end <= start) return undefined
  try {
    const value: unknown = JSON.parse(text.slice(start, end))
    return isHarmless(value, 1) ? value : undefined
  } catch {
    return undefined
  }
}
