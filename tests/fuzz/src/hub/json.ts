import { isUtf8 } from 'node:buffer'
import { type Encoding, type Found, type HubRecord, isInt32, isMembers } from './record.ts'

const END = 0x1e

export const json: Encoding = {
  name: 'json',

  write(record: HubRecord): Buffer {
    return Buffer.concat([Buffer.from(JSON.stringify(record)), Buffer.of(END)])
  },

  split(bytes, largest) {
    const records: Found[] = []
    let from = 0
    for (let end = bytes.indexOf(END); end >= 0; end = bytes.indexOf(END, from)) {
      records.push(end - from >= largest ? 'large' : read(bytes.subarray(from, end)))
      from = end + 1
    }
    const left = bytes.length - from
    if (left >= largest) records.push('unclear')
    return { records, isCut: left > 0 }
  },

  read(message) {
    const texts = message.toString().split('\u001e')
    if (texts.pop() !== '') throw new Error('the server sent a part of a record')
    return texts.map((text) => JSON.parse(text))
  },
}

function read(bytes: Buffer): Found {
  if (!isUtf8(bytes)) return 'unclear'
  let value: unknown
  try {
    value = JSON.parse(bytes.toString())
  } catch {
    // What stands behind the object is skipped.
    return 'unclear'
  }
  if (!isMembers(value) || !isInt32(value['type'])) return 'wrong'
  return value
}
