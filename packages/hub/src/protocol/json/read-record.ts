import {
  type Incoming,
  type Invocation,
  NO_STREAMS,
  PING,
  RecordError,
  UNKNOWN,
  UNREADABLE_RESULT,
} from '../record.ts'
import {
  integerMember,
  type Members,
  missing,
  optionalText,
  readMembers,
  wrongKind,
} from './members.ts'
import { hasPrototypeMember } from './prototype-member.ts'

/**
 * Reads a record, however its members are ordered.
 *
 * @param text without its end. What stands behind the object is skipped.
 * @throws RecordError for a text that is no record.
 */
export function readRecord(text: string): Incoming {
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
      return { ...invocation('stream-invocation', members), id: idMember(members) }
    case 5:
      return { kind: 'cancel', id: idMember(members) }
    case 6:
      return PING
    case 7:
      return close(members)
    case 8:
      return { kind: 'acknowledgement', sequenceId: sequenceId(members) }
    case 9:
      return { kind: 'sequence', sequenceId: sequenceId(members) }
    default:
      return UNKNOWN
  }
}

function invocation(kind: Invocation['kind'], members: Members): Invocation {
  // checkKinds has seen that these are lists.
  const args = members['arguments'] as readonly unknown[] | undefined
  const streamIds = members['streamIds'] as readonly string[] | undefined
  const target = optionalText(members, 'target')
  if (target === undefined) throw missing('target')
  if (args === undefined) throw missing('arguments')
  return {
    kind,
    id: optionalText(members, 'invocationId') || undefined,
    target,
    args: hasPrototypeMember(args) ? undefined : args,
    streamIds: streamIds ?? NO_STREAMS,
  }
}

function streamItem(members: Members): Incoming {
  const id = idMember(members)
  const { item } = members
  if (item === undefined) throw missing('item')
  return hasPrototypeMember(item)
    ? { kind: 'stream-item', id, isReadable: false, item: undefined }
    : { kind: 'stream-item', id, isReadable: true, item }
}

function completion(members: Members): Incoming {
  const id = idMember(members)
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

function idMember(members: Members): string {
  const id = optionalText(members, 'invocationId')
  if (id) return id
  throw missing('invocationId')
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
  check(members, 'streamIds', 'Array', Array.isArray)
  check(members, 'headers', 'Object', isObject)
  check(members, 'sequenceId', 'Number', Number.isInteger)
  check(members, 'allowReconnect', 'Boolean', (value) => typeof value === 'boolean')
  // Seen to be a list and an object, where they are there.
  for (const id of (members['streamIds'] ?? []) as readonly unknown[]) {
    if (typeof id !== 'string') throw wrongKind('streamIds', 'Array of String')
  }
  for (const [name, value] of Object.entries(members['headers'] ?? {})) {
    if (typeof value !== 'string') {
      throw new RecordError(`Expected header '${name}' to be of type String.`)
    }
  }
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

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
