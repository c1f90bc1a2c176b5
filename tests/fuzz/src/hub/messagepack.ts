import { decode, encode } from '@msgpack/msgpack'
import { type Encoding, type Found, type HubRecord, isInt32, isMembers, Type } from './record.ts'

// Kinds of completions.
const FAILED = 1
const NO_RESULT = 2
const RESULT = 3

export const messagepack: Encoding = {
  name: 'messagepack',

  write(record: HubRecord): Buffer {
    const body = Buffer.from(encode(itemsOf(record)))
    return Buffer.concat([lengthOf(body.length), body])
  },

  split(bytes, largest) {
    const records: Found[] = []
    let from = 0
    for (let part = partAt(bytes, 0); part !== undefined; part = partAt(bytes, from)) {
      const isLong = part.size > 5 || part.length >= 2 ** 31
      if (isLong || part.size + part.length > largest) {
        return { records: [...records, isLong ? 'unclear' : 'large'], isCut: true }
      }
      if (part.body === undefined) break
      records.push(found(part.body))
      from += part.size + part.length
    }
    // A length of which a part is there may be too large already.
    if (bytes.length - from > 1 && partAt(bytes, from) === undefined) records.push('unclear')
    return { records, isCut: from < bytes.length }
  },

  read(message) {
    const records: HubRecord[] = []
    let from = 0
    for (let part = partAt(message, 0); part !== undefined; part = partAt(message, from)) {
      if (part.body === undefined) break
      const record = recordOf(decode(part.body))
      if (record === undefined) throw new Error('the server sent what is no record')
      records.push(record)
      from += part.size + part.length
    }
    if (from < message.length) throw new Error('the server sent a part of a record')
    return records
  },
}

function lengthOf(length: number): Buffer {
  const bytes: number[] = []
  let left = length
  while (left >= 0x80) {
    bytes.push((left & 0x7f) | 0x80)
    left >>>= 7
  }
  return Buffer.from([...bytes, left])
}

interface Part {
  /** What the length says. */
  readonly length: number
  /** Of the length itself. */
  readonly size: number
  /** `undefined` where not all of it is there. */
  readonly body: Buffer | undefined
}

/** A record and its length. `undefined` where the length is not all there. */
function partAt(bytes: Buffer, from: number): Part | undefined {
  let length = 0
  for (let size = 1; size <= 5; size++) {
    const byte = bytes[from + size - 1]
    if (byte === undefined) return undefined
    length += (byte & 0x7f) * 2 ** (7 * (size - 1))
    const [start, end] = [from + size, from + size + length]
    if (byte < 0x80) {
      return { length, size, body: end > bytes.length ? undefined : bytes.subarray(start, end) }
    }
  }
  return { length, size: 6, body: undefined }
}

function itemsOf(record: HubRecord): readonly unknown[] {
  const { type, invocationId: id = null, target, arguments: args, streamIds = [] } = record
  switch (type) {
    case Type.call:
    case Type.stream:
      return [type, {}, id, target, args, streamIds]
    case Type.item:
      return [type, {}, id, record['item']]
    case Type.completion:
      if (record['error'] !== undefined) return [type, {}, id, FAILED, record['error']]
      return 'result' in record
        ? [type, {}, id, RESULT, record['result']]
        : [type, {}, id, NO_RESULT]
    case Type.cancel:
      return [type, {}, id]
    case Type.close:
      return [type, record['error'] ?? null, record['allowReconnect'] ?? false]
    case Type.acknowledgement:
    case Type.sequence:
      return [type, record['sequenceId']]
    default:
      return [type]
  }
}

function found(body: Buffer): Found {
  let value: unknown
  try {
    value = decode(body)
  } catch {
    // What stands behind the array is skipped, and what is wrong in it may be wrong for one call only.
    return 'unclear'
  }
  if (!Array.isArray(value) || !isInt32(value[0])) return 'wrong'
  // There are several forms of one value, and bytes that are no UTF-8.
  const isOwn = Buffer.from(encode(value)).equals(body)
  return (isOwn ? recordOf(value) : undefined) ?? 'unclear'
}

/** `undefined` for what is not as these tests and the server write it. */
function recordOf(value: unknown): HubRecord | undefined {
  if (!Array.isArray(value)) return undefined
  const [type, ...items] = value as readonly unknown[]
  if (!isInt32(type)) return undefined
  if (type >= Type.call && type <= Type.cancel) {
    const [headers, id, ...rest] = items
    if (!isMembers(headers) || Object.keys(headers).length > 0 || items.length < 2) return undefined
    return membersOf(type, { type, ...(id !== null && { invocationId: id }) }, rest)
  }
  if (type === Type.acknowledgement || type === Type.sequence) return { type, sequenceId: items[0] }
  if (type !== Type.close) return { type }
  const [error, allowReconnect = false] = items
  if (items.length === 0) return undefined
  return {
    type,
    ...(error !== null && { error }),
    ...(allowReconnect !== false && { allowReconnect }),
  }
}

function membersOf(
  type: number,
  named: HubRecord,
  rest: readonly unknown[],
): HubRecord | undefined {
  switch (type) {
    case Type.call:
    case Type.stream:
      if (rest.length < 2) return undefined
      return {
        ...named,
        target: rest[0],
        arguments: rest[1],
        streamIds: rest.length > 2 ? rest[2] : [],
      }
    case Type.item:
      return rest.length < 1 ? undefined : { ...named, item: rest[0] }
    case Type.completion:
      if (rest[0] === FAILED) return rest.length < 2 ? undefined : { ...named, error: rest[1] }
      if (rest[0] === NO_RESULT) return named
      return rest[0] === RESULT && rest.length > 1 ? { ...named, result: rest[1] } : undefined
    default:
      return named
  }
}
