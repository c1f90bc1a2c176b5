import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readKnownLayout } from '../../src/protocol/json/known-layout.ts'
import { readRecord } from '../../src/protocol/json/read-record.ts'
import { RecordError } from '../../src/protocol/record.ts'
import { damage, text, value } from './arbitraries.ts'

/** What is read of a text by its layout, between other texts. */
function read(text: string): unknown {
  const around = '{"type":6}\u001e'
  const start = around.length
  return readKnownLayout(`${around}${text}\u001e${around}`, start, start + text.length)
}

function readAnyhow(text: string): unknown {
  try {
    return readRecord(text)
  } catch (error) {
    if (error instanceof RecordError) return error
    throw error
  }
}

describe('the layout is known of', () => {
  test.each([
    ['a call of the newest client', '{"target":"T","arguments":[1],"invocationId":"1","type":1}'],
    ['one of an older client', '{"arguments":[1],"invocationId":"1","target":"T","type":1}'],
    ['one of .NET', '{"type":1,"invocationId":"1","target":"T","arguments":[1]}'],
    ['a call without answer', '{"target":"T","arguments":[],"type":1}'],
    ['one of an older client', '{"arguments":[],"target":"T","type":1}'],
    ['one of .NET', '{"type":1,"target":"T","arguments":[]}'],
    ['a call for a stream', '{"target":"T","arguments":["]}"],"invocationId":"1","type":4}'],
    ['an item', '{"invocationId":"1","item":{"a":[]},"type":2}'],
    ['one of .NET', '{"type":2,"invocationId":"1","item":"a"}'],
    ['a result', '{"invocationId":"1","result":null,"type":3}'],
    ['one of .NET', '{"type":3,"invocationId":"1","result":3}'],
    ['a ping', '{"type":6}'],
  ])('%s: %s', (_, text) => {
    expect(read(text)).toBeDefined()
    expect(read(text)).toStrictEqual(readRecord(text))
  })
})

test.each([
  ['space', '{"type":1, "target":"T","arguments":[]}'],
  ['an escape', '{"type":1,"target":"\\u0054","arguments":[]}'],
  ['another member', '{"type":1,"target":"T","arguments":[],"a":1}'],
  ['streams', '{"target":"T","arguments":[],"streamIds":["1"],"type":1}'],
  ['the value of another type', '{"type":2,"invocationId":"1","result":1}'],
  ['arguments that are no list', '{"type":1,"target":"T","arguments":[1}'],
  ['a call for a stream without id', '{"type":4,"target":"T","arguments":[]}'],
  ['an item without id', '{"item":1,"type":2}'],
  ['too many levels', `{"type":1,"target":"T","arguments":[${'['.repeat(63)}${']'.repeat(63)}]}`],
  ['a member __proto__', '{"type":1,"target":"T","arguments":[{"__proto__":1}]}'],
  ['an end elsewhere', '{"type":1,"target":"T","arguments":[]}]'],
  ['nothing', ''],
])('%s is left to the reader of any record', (_, text) => {
  expect(read(text)).toBeUndefined()
})

/** Objects whose members are written in any order, some of them twice. */
const record = fc
  .shuffledSubarray([
    fc.constantFrom('"type":1', '"type":4', '"type":1,"type":2', '"type":6'),
    fc.constantFrom('"type":2', '"type":3'),
    fc.constantFrom('"invocationId":"1"', '"invocationId":""', '"invocationId":"\\""'),
    text.map((text) => `"invocationId":${JSON.stringify(text)}`),
    fc.constantFrom('"target":"T"', '"target":""', '"target":"]"', '"target":null'),
    text.map((text) => `"target":${JSON.stringify(text)}`),
    fc.array(value).map((args) => `"arguments":${JSON.stringify(args)}`),
    value.map((item) => `"item":${JSON.stringify(item)}`),
    value.map((result) => `"result":${JSON.stringify(result)}`),
  ])
  .chain((members) => fc.tuple(...members))
  .map((members) => `{${members.join(',')}}`)

const call = fc
  .record({ type: fc.constantFrom(1, 4, 2), id: text, target: text, args: fc.array(value) })
  .chain(({ type, id, target, args }) =>
    fc.constantFrom(
      { target, arguments: args, invocationId: id, type },
      { arguments: args, invocationId: id, target, type },
      { type, invocationId: id, target, arguments: args },
      { target, arguments: args, type },
      { invocationId: id, item: args, type },
    ),
  )
  .map((record) => JSON.stringify(record))

test('what is read by its layout is read the same as any record', () => {
  fc.assert(
    fc.property(fc.oneof(record, call), (text) => {
      const known = read(text)
      if (known !== undefined) expect(known).toStrictEqual(readAnyhow(text))
    }),
    { numRuns: 2_000 },
  )
})

test('what is read by its layout in damaged records is read the same as any record', () => {
  fc.assert(
    fc.property(fc.oneof(record, call), damage, (text, damage) => {
      const damaged = new TextDecoder('utf-8', { ignoreBOM: true })
        .decode(damage(Buffer.from(text)))
        .replaceAll('\u001e', '')
      const known = read(damaged)
      if (known !== undefined) expect(known).toStrictEqual(readAnyhow(damaged))
    }),
    { numRuns: 4_000 },
  )
})
