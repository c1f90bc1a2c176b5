import { describe, expect, test } from 'vitest'
import { jsonEncoding } from '../../src/protocol/json/json-encoding.ts'
import { LIMIT, readAll } from './support.ts'

const INVOCATION = { kind: 'invocation', id: undefined, target: 'T', args: [], streamIds: [] }
const COMPLETION = {
  kind: 'completion',
  id: '1',
  error: undefined,
  hasResult: false,
  result: undefined,
}

describe('a record is read', () => {
  test.each([
    ['{"type":1,"target":"T","arguments":[]}', INVOCATION],
    ['{"type":1,"invocationId":"1","target":"T","arguments":[]}', { ...INVOCATION, id: '1' }],
    ['{"type":1,"invocationId":"","target":"T","arguments":[]}', INVOCATION],
    ['{"target":"T","arguments":[1,"a"],"type":1}', { ...INVOCATION, args: [1, 'a'] }],
    ['{"arguments":[],"target":"","type":1}', { ...INVOCATION, target: '' }],
    [
      '{"type":1,"target":"T","arguments":[],"streamIds":["2","3"]}',
      { ...INVOCATION, streamIds: ['2', '3'] },
    ],
    ['{"type":1,"headers":{"a":"b"},"target":"T","arguments":[]}', INVOCATION],
    [
      '{"type":4,"invocationId":"1","target":"T","arguments":[]}',
      { ...INVOCATION, kind: 'stream-invocation', id: '1' },
    ],
    [
      '{"type":2,"invocationId":"1","item":null}',
      { kind: 'stream-item', id: '1', isReadable: true, item: null },
    ],
    [
      '{"type":2,"invocationId":"1","item":[{}]}',
      { kind: 'stream-item', id: '1', isReadable: true, item: [{}] },
    ],
    ['{"type":3,"invocationId":"1"}', COMPLETION],
    ['{"type":3,"invocationId":"1","error":""}', { ...COMPLETION, error: '' }],
    [
      '{"type":3,"invocationId":"1","result":null}',
      { ...COMPLETION, hasResult: true, result: null },
    ],
    ['{"type":5,"invocationId":"1"}', { kind: 'cancel', id: '1' }],
    ['{"type":6}', { kind: 'ping' }],
    ['{"type":6,"constructor":1,"toString":2,"__proto__":{"item":3}}', { kind: 'ping' }],
    ['{"type":7}', { kind: 'close', error: undefined, allowReconnect: false }],
    [
      '{"type":7,"error":"e","allowReconnect":true}',
      { kind: 'close', error: 'e', allowReconnect: true },
    ],
    ['{"type":8,"sequenceId":2}', { kind: 'acknowledgement', sequenceId: 2 }],
    ['{"sequenceId":3,"type":9}', { kind: 'sequence', sequenceId: 3 }],
    ['{"type":1,"type":6}', { kind: 'ping' }],
    ['{"ty\\u0070e":6}', { kind: 'ping' }],
    ['\r\n\t {"type":6} ', { kind: 'ping' }],
    ['{"type":6}{"type":7}]', { kind: 'ping' }],
    [`{"type":6}${'['.repeat(100)}`, { kind: 'ping' }],
    ['{"type":6,"a":"}\\"}"} x', { kind: 'ping' }],
  ])('%s', (text, record) => {
    expect(readAll(jsonEncoding, [`${text}\u001e`])).toStrictEqual({
      records: [record],
      error: undefined,
    })
  })

  test('with bytes that are no UTF-8 as U+FFFD', () => {
    const bytes = Buffer.from('{"type":1,"target":"T","arguments":["\xff"]}\u001e', 'latin1')
    expect(readAll(jsonEncoding, [bytes]).records).toMatchObject([{ args: ['\ufffd'] }])
  })

  test('when a character is cut by the end of what arrives', () => {
    const bytes = Buffer.from('{"type":1,"target":"T","arguments":["😀"]}\u001e')
    for (let at = 0; at <= bytes.length; at++) {
      const parts = [bytes.subarray(0, at), bytes.subarray(at)]
      expect(readAll(jsonEncoding, parts).records).toMatchObject([{ args: ['😀'] }])
    }
  })
})

test.each([0, 10, -1, 99, 2147483647])('type %i is not known', (type) => {
  const text = `{"type":${type}}\u001e{"type":6}\u001e`
  expect(readAll(jsonEncoding, [text])).toStrictEqual({
    records: [{ kind: 'unknown' }, { kind: 'ping' }],
    error: undefined,
  })
})

describe('a record ends the reading', () => {
  test.each([
    ['', 'Error reading JSON.'],
    ['x', 'Error reading JSON.'],
    ['/**/{"type":6}', 'Error reading JSON.'],
    ['\ufeff{"type":6}', 'Error reading JSON.'],
    ['{"type":6', 'Error reading JSON.'],
    ['{"type":6,}', 'Error reading JSON.'],
    ["{'type':6}", 'Error reading JSON.'],
    ['null', 'Error reading JSON.'],
    ['[6]', "Unexpected JSON Token Type 'Array'. Expected a JSON Object."],
    ['{"a":[}]', 'Error reading JSON.'],
    ['{}', "Missing required property 'type'."],
    ['{"Type":6}', "Missing required property 'type'."],
    ['{"__proto__":{"type":6}}', "Missing required property 'type'."],
    ['{"type":null}', "Expected 'type' to be of type Number."],
    ['{"type":"6"}', "Expected 'type' to be of type Number."],
    ['{"type":6.5}', "Expected 'type' to be of type Number."],
    ['{"type":1e10}', "Expected 'type' to be of type Number."],
    ['{"type":1,"arguments":[]}', "Missing required property 'target'."],
    ['{"type":1,"target":"T"}', "Missing required property 'arguments'."],
    ['{"type":1,"target":null,"arguments":[]}', "Expected 'target' to be of type String."],
    ['{"type":1,"target":"T","arguments":null}', "Expected 'arguments' to be of type Array."],
    ['{"type":1,"target":"T","arguments":{}}', "Expected 'arguments' to be of type Array."],
    [
      '{"type":1,"target":"T","arguments":[],"invocationId":null}',
      "Expected 'invocationId' to be of type String.",
    ],
    [
      '{"type":1,"target":"T","arguments":[],"invocationId":1}',
      "Expected 'invocationId' to be of type String.",
    ],
    [
      '{"type":1,"target":"T","arguments":[],"streamIds":null}',
      "Expected 'streamIds' to be of type Array.",
    ],
    [
      '{"type":1,"target":"T","arguments":[],"streamIds":["1",2]}',
      "Expected 'streamIds' to be of type Array of String.",
    ],
    ['{"type":6,"headers":null}', "Expected 'headers' to be of type Object."],
    ['{"type":6,"headers":["a"]}', "Expected 'headers' to be of type Object."],
    ['{"type":6,"headers":{"a":1}}', "Expected header 'a' to be of type String."],
    ['{"type":6,"target":1}', "Expected 'target' to be of type String."],
    ['{"type":2,"invocationId":"1"}', "Missing required property 'item'."],
    ['{"type":2,"item":1}', "Missing required property 'invocationId'."],
    ['{"type":3}', "Missing required property 'invocationId'."],
    ['{"type":3,"invocationId":"1","error":null}', "Expected 'error' to be of type String."],
    [
      '{"type":3,"invocationId":"1","error":"e","result":1}',
      "The 'error' and 'result' properties are mutually exclusive.",
    ],
    ['{"type":4,"target":"T","arguments":[]}', "Missing required property 'invocationId'."],
    [
      '{"type":4,"invocationId":"","target":"T","arguments":[]}',
      "Missing required property 'invocationId'.",
    ],
    ['{"type":2,"invocationId":"","item":1}', "Missing required property 'invocationId'."],
    ['{"type":3,"invocationId":"","result":1}', "Missing required property 'invocationId'."],
    ['{"type":5,"invocationId":""}', "Missing required property 'invocationId'."],
    ['{"type":5}', "Missing required property 'invocationId'."],
    ['{"type":7,"error":1}', "Expected 'error' to be of type String."],
    ['{"type":7,"allowReconnect":1}', "Expected 'allowReconnect' to be of type Boolean."],
    ['{"type":8}', "Missing required property 'sequenceId'."],
    ['{"type":8,"sequenceId":null}', "Expected 'sequenceId' to be of type Number."],
    ['{"type":9,"sequenceId":1.5}', "Expected 'sequenceId' to be of type Number."],
  ])('%s', (text, message) => {
    const { records, error } = readAll(jsonEncoding, [
      `{"type":6}\u001e${text}\u001e{"type":6}\u001e`,
    ])
    expect(records).toStrictEqual([{ kind: 'ping' }])
    expect(error?.message).toBe(message)
  })

  test('and nothing more is read', () => {
    const reader = jsonEncoding.reader(LIMIT)
    reader.push('x\u001e{"type":6}\u001e')
    expect(() => reader.next()).toThrow('Error reading JSON.')
    reader.push('{"type":6}\u001e')
    expect(() => reader.next()).toThrow('Error reading JSON.')
  })
})

describe('the levels of a record', () => {
  const nested = (levels: number): string =>
    `{"type":1,"target":"T","arguments":[${'['.repeat(levels - 2)}${']'.repeat(levels - 2)}]}\u001e`

  test('may be 64, the object and its arguments included', () => {
    expect(readAll(jsonEncoding, [nested(64)]).records).toHaveLength(1)
  })

  test('may not be 65', () => {
    expect(readAll(jsonEncoding, [nested(65)]).error?.message).toBe('Error reading JSON.')
  })

  test('are counted in members that are not known', () => {
    const text = `{"type":6,"a":${'{"a":'.repeat(64)}1${'}'.repeat(64)}}\u001e`
    expect(readAll(jsonEncoding, [text]).error?.message).toBe('Error reading JSON.')
  })

  test('are not counted in texts, nor side by side', () => {
    const arrays = `${'[],'.repeat(100)}"${'[\\"'.repeat(100)}"`
    const text = `{"type":1,"target":"T","arguments":[${arrays}]}\u001e`
    expect(readAll(jsonEncoding, [text]).records).toHaveLength(1)
  })
})

describe('members named __proto__', () => {
  const read = (text: string) => readAll(jsonEncoding, [`${text}\u001e`]).records

  test.each(['{"__proto__":1}', '[{"a":{"__proto__":{}}}]', '{"\\u005f_proto_\\u005F":1}'])(
    'make %s no arguments',
    (value) => {
      expect(read(`{"type":1,"target":"T","arguments":[${value}]}`)).toStrictEqual([
        { ...INVOCATION, args: undefined },
      ])
    },
  )

  test('make no item and no result', () => {
    expect(read('{"type":2,"invocationId":"1","item":{"__proto__":1}}')).toStrictEqual([
      { kind: 'stream-item', id: '1', isReadable: false, item: undefined },
    ])
    expect(read('{"type":3,"invocationId":"1","result":{"__proto__":1}}')).toStrictEqual([
      { ...COMPLETION, error: 'The result could not be read.' },
    ])
  })

  test('are not meant by a text of those letters', () => {
    expect(
      read('{"type":1,"target":"T","arguments":["__proto__",{"a":"__proto__"}]}'),
    ).toMatchObject([{ args: ['__proto__', { a: '__proto__' }] }])
  })
})
