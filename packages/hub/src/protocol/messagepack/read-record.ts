import {
  type Completion,
  type Incoming,
  type Invocation,
  NO_STREAMS,
  PING,
  RecordError,
  type StreamItem,
  UNKNOWN,
  UNREADABLE_RESULT,
} from '../record.ts'
import type { ValueReader } from './value-reader.ts'

/**
 * Reads a record. What stands behind it, or behind the items that are known, is skipped.
 *
 * @throws RecordError for bytes that are no record.
 */
export function readRecord(values: ValueReader): Incoming {
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
      return UNKNOWN
  }
}

function invocation(items: number, values: ValueReader): Invocation {
  skipHeaders(values)
  return call('invocation', values.text('invocationId') || undefined, items, values)
}

function streamInvocation(items: number, values: ValueReader): Invocation {
  skipHeaders(values)
  return call('stream-invocation', id(values, 'StreamInvocation'), items, values)
}

function call(
  kind: Invocation['kind'],
  id: string | undefined,
  items: number,
  values: ValueReader,
): Invocation {
  const target = required(values.text('target'), 'target for Invocation message')
  const args = readable(values, 'arguments')
  // Behind arguments that are broken inside, nothing can be found.
  if (!Array.isArray(args)) return { kind, id, target, args: undefined, streamIds: NO_STREAMS }
  return { kind, id, target, args, streamIds: items > 5 ? streamIds(values) : NO_STREAMS }
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
  const callId = id(values, 'Completion')
  switch (values.integer('resultKind', 'Int32')) {
    case FAILED:
      return withoutResult(callId, values.text('error'))
    case NO_RESULT:
      return withoutResult(callId, undefined)
    case RESULT: {
      const result = readable(values, 'result')
      return result === UNREADABLE
        ? withoutResult(callId, UNREADABLE_RESULT)
        : { kind: 'completion', id: callId, error: undefined, hasResult: true, result }
    }
    default:
      throw new RecordError('Invalid invocation result kind.')
  }
}

/** A completion without result, which is no failure when there is no error. */
function withoutResult(id: string, error: string | undefined): Completion {
  return { kind: 'completion', id, error, hasResult: false, result: undefined }
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
