import {
  type Incoming,
  type Invocation,
  NO_STREAMS,
  PING,
  RecordError,
  UNREADABLE_RESULT,
} from '../record.ts'
import {
  integerMember,
  type Members,
  missing,
  optionalText,
  readMembers,
  textMember,
  wrongKind,
} from './members.ts'
import { hasPrototypeMember } from './prototype-member.ts'

/**
 * Reads a record, however its members are ordered.
 *
 * @param text without its end. What stands behind the object is skipped.
 * @returns `undefined` for a kind of record that is not known
 * @throws RecordError for a text that is no record.
 */
export function readRecord(text: string): Incoming | undefined {
  const members = readMembers(text)
  const type = integerMember(members, 'type')
  checkKinds(members)
  switch (type) {
    case 1:
      return invocation('invocation', members)
    case 2:
      return streamItem(members)
    case 3:
      return completion(members)
    case 4:
      if (textMember(members, 'invocationId') === '') throw missing('invocationId')
      return invocation('stream-invocation', members)
    case 5:
      return { kind: 'cancel', id: textMember(members, 'invocationId') }
    case 6:
      return PING
    case 7:
      return close(members)
    case 8:
      return { kind: 'acknowledgement', sequenceId: sequenceId(members) }
    case 9:
      return { kind: 'sequence', sequenceId: sequenceId(members) }
    default:
      return undefined
  }
}

function invocation(kind: Invocation['kind'], members: Members): Invocation {
  // checkKinds has seen that these are lists.
  const args = members['arguments'] as readonly unknown[] | undefined
  const streamIds = members['streamIds'] as readonly string[] | undefined
  if (args === undefined) throw missing('arguments')
  return {
    kind,
    id: optionalText(members, 'invocationId') || undefined,
    target: textMember(members, 'target'),
    args: hasPrototypeMember(args) ? undefined : args,
    streamIds: streamIds ?? NO_STREAMS,
  }
}

function streamItem(members: Members): Incoming {
  const { item } = members
  if (item === undefined) throw missing('item')
  const id = textMember(members, 'invocationId')
  return hasPrototypeMember(item)
    ? { kind: 'stream-item', id, isReadable: false, item: undefined }
    : { kind: 'stream-item', id, isReadable: true, item }
}

function completion(members: Members): Incoming {
  const id = textMember(members, 'invocationId')
  const error = optionalText(members, 'error')
  const { result } = members
  const hasResult = result !== undefined
  if (error !== undefined && hasResult) {
    throw new RecordError("The 'error' and 'result' properties are mutually exclusive.")
  }
  return hasPrototypeMember(result)
    ? { kind: 'completion', id, error: UNREADABLE_RESULT, hasResult: false, result: undefined }
    : { kind: 'completion', id, error, hasResult, result }
}

function close(members: Members): Incoming {
  const allowReconnect = members['allowReconnect'] === true
  return { kind: 'close', error: optionalText(members, 'error'), allowReconnect }
}

function sequenceId(members: Members): number {
  const { sequenceId } = members
  if (sequenceId === undefined) throw missing('sequenceId')
  // checkKinds has seen that it is one.
  return sequenceId as number
}

/** Kinds are checked whatever the type of the record is. Null is another kind. */
function checkKinds(members: Members): void {
  optionalText(members, 'invocationId')
  optionalText(members, 'target')
  optionalText(members, 'error')
  check(members, 'arguments', 'Array', Array.isArray)
  check(members, 'streamIds', 'Array of String', isListOfText)
  check(members, 'headers', 'Object of String', isMapOfText)
  check(members, 'sequenceId', 'Number', Number.isInteger)
  check(members, 'allowReconnect', 'Boolean', (value) => typeof value === 'boolean')
}

function check(
  members: Members,
  name: string,
  kind: string,
  isKind: (value: unknown) => boolean,
): void {
  const value = members[name]
  if (value !== undefined && !isKind(value)) throw wrongKind(name, kind)
}

function isText(value: unknown): boolean {
  return typeof value === 'string'
}

function isListOfText(value: unknown): boolean {
  return Array.isArray(value) && value.every(isText)
}

function isMapOfText(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return Object.values(value).every(isText)
}
