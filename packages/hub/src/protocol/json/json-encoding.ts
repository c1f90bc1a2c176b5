import type { HubEncoding } from '../encoding.ts'
import { JsonReader } from './json-reader.ts'
import { jsonValue } from './json-value.ts'
import { RECORD_END } from './text-records.ts'

/** The encoding that every client speaks: JSON objects, each followed by U+001E. */
export const jsonEncoding: HubEncoding = {
  name: 'json',
  format: 'text',
  ping: `{"type":6}${RECORD_END}`,

  reader: (maxRecordSize) => new JsonReader(maxRecordSize),

  invocation(target, args, id) {
    const call = id === undefined ? '' : `"invocationId":${JSON.stringify(id)},`
    const values = args.map(jsonValue).join(',')
    return `{"type":1,${call}"target":${JSON.stringify(target)},"arguments":[${values}]}${RECORD_END}`
  },

  streamItem: (id, item) =>
    `{"type":2,"invocationId":${JSON.stringify(id)},"item":${jsonValue(item)}}${RECORD_END}`,

  result: (id, value) =>
    `{"type":3,"invocationId":${JSON.stringify(id)},"result":${jsonValue(value)}}${RECORD_END}`,

  failure: (id, error) =>
    `{"type":3,"invocationId":${JSON.stringify(id)},"error":${JSON.stringify(error)}}${RECORD_END}`,

  streamEnd: (id) => `{"type":3,"invocationId":${JSON.stringify(id)}}${RECORD_END}`,

  close(error, allowReconnect) {
    const why = error === undefined ? '' : `,"error":${JSON.stringify(error)}`
    return `{"type":7${why}${allowReconnect ? ',"allowReconnect":true' : ''}}${RECORD_END}`
  },

  acknowledgement: (sequenceId) => `{"type":8,"sequenceId":${sequenceId}}${RECORD_END}`,
  sequence: (sequenceId) => `{"type":9,"sequenceId":${sequenceId}}${RECORD_END}`,
}
