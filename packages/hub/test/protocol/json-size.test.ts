import { describe, expect, test } from 'vitest'
import { jsonEncoding } from '../../src/protocol/json/json-encoding.ts'
import { LIMIT, readAll } from './support.ts'

const TOO_LARGE = /^The maximum message size of 32768B was exceeded\./

/** A ping of so many bytes, its end included. */
function ping(size: number, fill = ' '): string {
  const [before, after] = ['{"type":6,"a":"', '"}\u001e']
  const room = size - Buffer.byteLength(before + after)
  return before + fill.repeat(room / Buffer.byteLength(fill)) + after
}

const forms: [string, (text: string) => (string | Uint8Array)[]][] = [
  ['one text', (text) => [text]],
  ['bytes', (text) => [Buffer.from(text)]],
  ['two parts', (text) => [text.slice(0, 20_000), text.slice(20_000)]],
  ['single bytes', (text) => [...Buffer.from(text)].map((byte) => Uint8Array.of(byte))],
]

describe.each(forms)('a record in %s', (_, split) => {
  test('may have as many bytes as the limit', () => {
    expect(readAll(jsonEncoding, split(ping(LIMIT))).records).toHaveLength(1)
  })

  test('may not have one byte more', () => {
    const { records, error } = readAll(jsonEncoding, split(`{"type":6}\u001e${ping(LIMIT + 1)}`))
    expect(records).toHaveLength(1)
    expect(error?.message).toMatch(TOO_LARGE)
  })

  test('is measured in bytes, not in characters', () => {
    // 20 bytes besides the fill, so that both come out even.
    expect(Buffer.byteLength(ping(LIMIT - 2, 'äää'))).toBe(LIMIT - 2)
    expect(readAll(jsonEncoding, split(ping(LIMIT - 2, 'äää'))).records).toHaveLength(1)
    expect(readAll(jsonEncoding, split(ping(LIMIT + 4, 'äää'))).error?.message).toMatch(TOO_LARGE)
  })

  test('is waited for without its end up to the limit, and no further', () => {
    expect(readAll(jsonEncoding, split(' '.repeat(LIMIT)))).toStrictEqual({
      records: [],
      error: undefined,
    })
    expect(readAll(jsonEncoding, split(' '.repeat(LIMIT + 1))).error?.message).toMatch(TOO_LARGE)
  })
})

test('many records in one message may be larger than the limit together', () => {
  const text = ping(20_000).repeat(10)
  expect(readAll(jsonEncoding, [text]).records).toHaveLength(10)
  expect(readAll(jsonEncoding, [Buffer.from(text)]).records).toHaveLength(10)
})

test('nothing is kept of a record that is too large', () => {
  const reader = jsonEncoding.reader(LIMIT)
  reader.push(' '.repeat(LIMIT))
  expect(reader.buffered).toBe(LIMIT)
  reader.push(' '.repeat(LIMIT))
  expect(reader.buffered).toBe(0)
})

test('what was pushed and not read is counted', () => {
  const reader = jsonEncoding.reader(LIMIT)
  reader.push('{"type":6}\u001e{"type":6}\u001e{"t')
  reader.push('ype":6}\u001e')
  expect(reader.buffered).toBe(33)
  reader.next()
  expect(reader.buffered).toBe(22)
  reader.next()
  reader.next()
  expect(reader.buffered).toBe(0)
})

test('bytes are copied where they are kept', () => {
  const reader = jsonEncoding.reader(LIMIT)
  const memory = Buffer.from('{"type":6}\u001e{"ty')
  reader.push(memory)
  memory.fill(0)
  reader.push('pe":6}\u001e')
  expect(reader.next()).toStrictEqual({ kind: 'ping' })
  expect(reader.next()).toStrictEqual({ kind: 'ping' })
})
