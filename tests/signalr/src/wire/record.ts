// The records that conversations send: their members as in JSON, from which MessagePack is made too.
import { encode, framed, Special } from './message-pack.ts'

export type EncodingName = 'json' | 'messagepack'

/** The members of a record, in the order in which JSON has them. */
export interface RecordShape {
  readonly type: number
  readonly [member: string]: unknown
}

/** What ends a record in JSON. */
export const SEPARATOR = '\u001e'

/** What is sent for a record, whole. */
export function writeRecord(encoding: EncodingName, record: RecordShape): string | Buffer {
  if (encoding === 'json') return writeJson(record) + SEPARATOR
  return framed(encode(itemsOf(record)))
}

/** JSON in the order of the members, with special values as they stand. */
export function writeJson(value: unknown): string {
  if (value instanceof Special) return value.json
  if (Array.isArray(value)) return `[${value.map(writeJson).join(',')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${writeJson(member)}`).join(',')}}`
}

function itemsOf(record: RecordShape): readonly unknown[] {
  const headers = record['headers'] ?? {}
  const id = record['invocationId']
  switch (record.type) {
    case 1:
    case 4:
      return [
        record.type,
        headers,
        id,
        record['target'],
        record['arguments'],
        record['streamIds'] ?? [],
      ]
    case 2:
      return [2, headers, id, record['item']]
    case 3:
      if ('error' in record) return [3, headers, id, 1, record['error']]
      return 'result' in record ? [3, headers, id, 3, record['result']] : [3, headers, id, 2]
    case 5:
      return [5, headers, id]
    case 7:
      return [7, record['error'], record['allowReconnect'] ?? false]
    case 8:
    case 9:
      return [record.type, record['sequenceId']]
    default:
      return [record.type]
  }
}
