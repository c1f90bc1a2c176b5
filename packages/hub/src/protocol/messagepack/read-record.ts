import {
  type Completion,
  type Incoming,
  type Invocation,
  NO_STREAMS,
  PING,
  RecordError,
  type StreamItem,
  UNREADABLE_RESULT,
} from '../record.ts'
import type { ValueReader } from './value-reader.ts'

/** The fewest items that a record of each type must have. The items of a call may be missing from its arguments on. */
const FEWEST_ITEMS: readonly (number | undefined)[] = [undefined, 4, 3, 4, 4, 3, 1, 2, 2, 2]

/**
 * Reads a record. What stands behind it, or behind the items that are known, is skipped.
 *
 * @returns `undefined` for a kind of record that is not known
 * @throws RecordError for bytes that are no record.
 */
export function readRecord(values: ValueReader): Incoming | undefined {
  const items = values.arrayLength('message')
  if (items === 0) throw new RecordError('The message is an empty array.')
  const type = values.integer('type')
  const fewest = FEWEST_ITEMS[type]
  if (fewest === undefined) return undefined
  if (items < fewest) {
    throw new RecordError(`A message of type ${type} must have ${fewest} items, got ${items}.`)
  }
  switch (type) {
    case 1:
      return invocation('invocation', items, values)
    case 2:
      return streamItem(items, values)
    case 3:
      return completion(items, values)
    case 4:
      return invocation('stream-invocation', items, values)
    case 5:
      skipHeaders(values)
      return { kind: 'cancel', id: values.text('invocationId') }
    case 6:
      return PING
    case 7: {
      const error = values.optionalText('error')
      return { kind: 'close', error, allowReconnect: items > 2 && values.boolean('allowReconnect') }
    }
    case 8:
      return { kind: 'acknowledgement', sequenceId: values.integer('sequenceId') }
    default:
      return { kind: 'sequence', sequenceId: values.integer('sequenceId') }
  }
}

function invocation(kind: Invocation['kind'], items: number, values: ValueReader): Invocation {
  skipHeaders(values)
  const id = values.optionalText('invocationId') || undefined
  if (kind === 'stream-invocation' && id === undefined) {
    throw new RecordError("Missing required property 'invocationId'.")
  }
  const target = values.text('target')
  const args = items > 4 ? readable(values) : UNREADABLE
  // Behind arguments that are broken inside, nothing can be found.
  if (!Array.isArray(args)) return { kind, id, target, args: undefined, streamIds: NO_STREAMS }
  return { kind, id, target, args, streamIds: items > 5 ? streamIds(values) : NO_STREAMS }
}

function streamIds(values: ValueReader): readonly string[] {
  const length = values.arrayLength('streamIds')
  if (length === 0) return NO_STREAMS
  const ids: string[] = []
  while (ids.length < length) ids.push(values.text('streamIds'))
  return ids
}

function streamItem(items: number, values: ValueReader): StreamItem {
  skipHeaders(values)
  const kind = 'stream-item'
  const id = values.text('invocationId')
  const item = items > 3 ? readable(values) : UNREADABLE
  return item === UNREADABLE
    ? { kind, id, isReadable: false, item: undefined }
    : { kind, id, isReadable: true, item }
}

/** What a completion says, by its fourth item. */
const FAILED = 1
const NO_RESULT = 2
const RESULT = 3

function completion(items: number, values: ValueReader): Completion {
  skipHeaders(values)
  const kind = 'completion'
  const id = values.text('invocationId')
  const outcome = values.integer('resultKind')
  if (outcome === NO_RESULT)
    return { kind, id, error: undefined, hasResult: false, result: undefined }
  if (outcome === FAILED) {
    return { kind, id, error: values.text('error'), hasResult: false, result: undefined }
  }
  if (outcome !== RESULT) throw new RecordError(`The result kind ${outcome} is not known.`)
  const result = items > 4 ? readable(values) : UNREADABLE
  return result === UNREADABLE
    ? { kind, id, error: UNREADABLE_RESULT, hasResult: false, result: undefined }
    : { kind, id, error: undefined, hasResult: true, result }
}

/** Texts by name. They mean nothing here, but have to be what they are said to be. */
function skipHeaders(values: ValueReader): void {
  const size = values.mapSize('headers')
  for (let index = 0; index < 2 * size; index++) values.text('headers')
}

const UNREADABLE = Symbol('unreadable')
/** The record is an array around its items. */
const LEVELS_AROUND_ITEM = 1

/** A value in which anything may be wrong without an end of the connection. */
function readable(values: ValueReader): unknown {
  try {
    return values.value(LEVELS_AROUND_ITEM)
  } catch (error) {
    if (error instanceof RecordError) return UNREADABLE
    throw error
  }
}
