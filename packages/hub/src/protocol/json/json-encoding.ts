import type { HubEncoding } from '../encoding.ts'
import { JsonReader } from './json-reader.ts'
import { jsonValue } from './json-value.ts'
import { RECORD_END } from './text-records.ts'

/** How many objects and arrays are around a member of a record, and around an argument. */
const IN_RECORD = 1
const IN_ARGUMENTS = 2

/** The encoding that every client speaks: JSON objects, each followed by U+001E. */
export const jsonEncoding: HubEncoding = {
  name: 'json',
  format: 'text',
  ping: `{"type":6}${RECORD_END}`,

  reader: (maxRecordSize) => new JsonReader(maxRecordSize),

  invocation(target, args, id) {
    const call = id === undefined ? '' : `"invocationId":${quoted(id)},`
    let values = ''
    for (const arg of args) {
      values += values === '' ? jsonValue(arg, IN_ARGUMENTS) : `,${jsonValue(arg, IN_ARGUMENTS)}`
    }
    return `{"type":1,${call}"target":${quoted(target)},"arguments":[${values}]}${RECORD_END}`
  },

  streamItem: (id, item) =>
    `{"type":2,"invocationId":${quoted(id)},"item":${jsonValue(item, IN_RECORD)}}${RECORD_END}`,

  result: (id, value) =>
    `{"type":3,"invocationId":${quoted(id)},"result":${jsonValue(value, IN_RECORD)}}${RECORD_END}`,

  failure: (id, error) =>
    `{"type":3,"invocationId":${quoted(id)},"error":${quoted(error)}}${RECORD_END}`,

  streamEnd: (id) => `{"type":3,"invocationId":${quoted(id)}}${RECORD_END}`,

  close(error, allowReconnect) {
    const why = error === undefined ? '' : `,"error":${quoted(error)}`
    return `{"type":7${why}${allowReconnect ? ',"allowReconnect":true' : ''}}${RECORD_END}`
  },

  acknowledgement: (sequenceId) => `{"type":8,"sequenceId":${sequenceId}}${RECORD_END}`,
  sequence: (sequenceId) => `{"type":9,"sequenceId":${sequenceId}}${RECORD_END}`,
}

/** Names and ids are mostly short, and of characters that need no escape, which is seen sooner than it is written. */
const SHORT = 32

function quoted(text: string): string {
  if (text.length > SHORT) return JSON.stringify(text)
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    if (unit < 0x20 || unit > 0x7e || unit === 0x22 || unit === 0x5c) return JSON.stringify(text)
  }
  return `"${text}"`
}
