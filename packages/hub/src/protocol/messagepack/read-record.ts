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

/**
 * Reads a record. What stands behind it, or behind the items that are known, is skipped.
 *
 * @returns `undefined` for a kind of record that is not known
 * @throws RecordError for bytes that are no record.
 */
export function readRecord(values: ValueReader): Incoming | undefined {
  const items = values.arrayLength('message')
  switch (values.integer('messageType', 'Int32')) {
    case 1:
      return invocation(items, values)
    case 2:
      return streamItem(values)
    case 3:
      return completion(values)
    case 4:
      return streamInvocation(items, values)
    case 5:
      skipHeaders(values)
      return { kind: 'cancel', id: id(values, 'CancelInvocation') }
    case 6:
      return PING
    case 7: {
      const error = values.text('error')
      return { kind: 'close', error, allowReconnect: items > 2 && values.boolean('allowReconnect') }
    }
    case 8:
      return { kind: 'acknowledgement', sequenceId: values.integer('sequenceId', 'Int64') }
    case 9:
      return { kind: 'sequence', sequenceId: values.integer('sequenceId', 'Int64') }
    default:
      return undefined
  }
}

function invocation(items: number, values: ValueReader): Invocation {
  skipHeaders(values)
  const id = values.text('invocationId') || undefined
  const target = required(values.text('target'), 'target for Invocation message')
  return { kind: 'invocation', id, target, ...input(items, values) }
}

function streamInvocation(items: number, values: ValueReader): Invocation {
  skipHeaders(values)
  const callId = id(values, 'StreamInvocation')
  const target = required(values.text('target'), 'target for StreamInvocation message')
  return { kind: 'stream-invocation', id: callId, target, ...input(items, values) }
}

/** What a call is given. */
function input(items: number, values: ValueReader): Pick<Invocation, 'args' | 'streamIds'> {
  const args = readable(values, 'arguments')
  // Behind arguments that are broken inside, nothing can be found.
  if (!Array.isArray(args)) return { args: undefined, streamIds: NO_STREAMS }
  return { args, streamIds: items > 5 ? streamIds(values) : NO_STREAMS }
}

function streamIds(values: ValueReader): readonly string[] {
  const length = values.arrayLength('streamIds')
  if (length === 0) return NO_STREAMS
  const ids: string[] = []
  while (ids.length < length)
    ids.push(required(values.text('streamIds'), 'value in streamIds received'))
  return ids
}

function streamItem(values: ValueReader): StreamItem {
  skipHeaders(values)
  const kind = 'stream-item'
  const itemId = id(values, 'StreamItem')
  const item = readable(values, 'item')
  return item === UNREADABLE
    ? { kind, id: itemId, isReadable: false, item: undefined }
    : { kind, id: itemId, isReadable: true, item }
}

/** What a completion says, by its fourth item. */
const FAILED = 1
const NO_RESULT = 2
const RESULT = 3

function completion(values: ValueReader): Completion {
  skipHeaders(values)
  const without = { kind: 'completion', id: id(values, 'Completion'), hasResult: false } as const
  const outcome = values.integer('resultKind', 'Int32')
  if (outcome === NO_RESULT) return { ...without, error: undefined, result: undefined }
  if (outcome === FAILED) return { ...without, error: values.text('error'), result: undefined }
  if (outcome !== RESULT) throw new RecordError('Invalid invocation result kind.')
  const result = readable(values, 'result')
  return result === UNREADABLE
    ? { ...without, error: UNREADABLE_RESULT, result: undefined }
    : { ...without, error: undefined, hasResult: true, result }
}

function id(values: ValueReader, message: string): string {
  return required(values.text('invocationId'), `invocation ID for ${message} message`)
}

function required(text: string | undefined, what: string): string {
  if (text) return text
  throw new RecordError(`Null or empty ${what}.`)
}

/** Texts by name. They mean nothing here, but have to be what they are said to be. */
function skipHeaders(values: ValueReader): void {
  const size = values.mapSize('headers')
  for (let index = 0; index < 2 * size; index++) {
    if (values.text('headers') === undefined) throw new RecordError('A header is nil.')
  }
}

const UNREADABLE = Symbol('unreadable')
/** The record is an array around its items. */
const LEVELS_AROUND_ITEM = 1

/** A value in which anything may be wrong without an end of the connection. */
function readable(values: ValueReader, name: string): unknown {
  try {
    return values.value(name, LEVELS_AROUND_ITEM)
  } catch (error) {
    if (error instanceof RecordError) return UNREADABLE
    throw error
  }
}
