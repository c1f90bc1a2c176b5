import { describe, expect, test } from 'vitest'
import { SerializationError } from '../../src/protocol/encoding.ts'
import { jsonEncoding } from '../../src/protocol/json/json-encoding.ts'

test.each([
  [jsonEncoding.ping, '{"type":6}'],
  [jsonEncoding.invocation('T', []), '{"type":1,"target":"T","arguments":[]}'],
  [
    jsonEncoding.invocation('T', [1, 'a', undefined], 's1'),
    '{"type":1,"invocationId":"s1","target":"T","arguments":[1,"a",null]}',
  ],
  [jsonEncoding.streamItem('1', 0), '{"type":2,"invocationId":"1","item":0}'],
  [jsonEncoding.result('1', 3), '{"type":3,"invocationId":"1","result":3}'],
  [
    jsonEncoding.result('"\\\u001e', null),
    '{"type":3,"invocationId":"\\"\\\\\\u001e","result":null}',
  ],
  [jsonEncoding.failure('1', 'é"'), '{"type":3,"invocationId":"1","error":"é\\""}'],
  [jsonEncoding.streamEnd('1'), '{"type":3,"invocationId":"1"}'],
  [jsonEncoding.close(undefined, false), '{"type":7}'],
  [jsonEncoding.close('e', true), '{"type":7,"error":"e","allowReconnect":true}'],
  [jsonEncoding.close(undefined, true), '{"type":7,"allowReconnect":true}'],
  [jsonEncoding.acknowledgement(2), '{"type":8,"sequenceId":2}'],
  [jsonEncoding.sequence(1), '{"type":9,"sequenceId":1}'],
])('%s is written', (record, text) => {
  expect(record).toBe(`${text}\u001e`)
})

/** The JSON of a value. */
function json(value: unknown): string {
  const text = `${jsonEncoding.result('1', value)}`
  return text.slice('{"type":3,"invocationId":"1","result":'.length, -2)
}

class Point {
  readonly x = 1
  readonly #y = 2
  sum(): number {
    return this.x + this.#y
  }
}

const bytes = Uint8Array.of(1, 2, 255)

describe('a value', () => {
  test.each<[string, unknown, string]>([
    ['undefined', undefined, 'null'],
    ['undefined in a list', [undefined], '[null]'],
    ['undefined as a member', { a: undefined, b: 1 }, '{"b":1}'],
    ['not a number', Number.NaN, 'null'],
    ['an infinite number', [-1 / 0], '[null]'],
    ['minus zero', -0, '0'],
    ['a large number', 1e21, '1e+21'],
    ['a date', new Date(0), '"1970-01-01T00:00:00.000Z"'],
    ['a date within', { at: new Date(0) }, '{"at":"1970-01-01T00:00:00.000Z"}'],
    ['a date that is none', new Date(Number.NaN), 'null'],
    ['bytes', bytes, '"AQL/"'],
    ['bytes within', { a: [bytes] }, '{"a":["AQL/"]}'],
    ['bytes of Node', { a: Buffer.from(bytes) }, '{"a":"AQL/"}'],
    ['bytes in what toJSON returns', { toJSON: () => ({ a: bytes }) }, '{"a":"AQL/"}'],
    ['bytes that toJSON returns', { toJSON: () => bytes }, '"AQL/"'],
    ['what toJSON leaves out', { toJSON: () => undefined }, 'null'],
    ['a view of other numbers', new Uint16Array([258]), '"AgE="'],
    ['no bytes', new Uint8Array(), '""'],
    ['an object of a class', new Point(), '{"x":1}'],
    ['an object without prototype', Object.assign(Object.create(null), { a: 1 }), '{"a":1}'],
    ['half a surrogate pair', 'a\ud800', '"a\\ud800"'],
    ['the end of a record', '\u001e', '"\\u001e"'],
  ])('%s', (_, value, text) => {
    expect(json(value)).toBe(text)
  })

  test('of as many levels as a record may have, with it and its arguments', () => {
    const nested = `${'['.repeat(62)}1${']'.repeat(62)}`
    expect(jsonEncoding.invocation('T', [JSON.parse(nested)])).toContain(nested)
    expect(() => jsonEncoding.invocation('T', [[JSON.parse(nested)]])).toThrow(SerializationError)
    expect(json([JSON.parse(nested)])).toBe(`[${nested}]`)
  })

  test('of many bytes', () => {
    const many = Uint8Array.from({ length: 100_000 }, (_, index) => index % 251)
    expect(json(many)).toBe(`"${Buffer.from(many).toString('base64')}"`)
  })
})

describe('a value that cannot be written is refused', () => {
  const cycle: Record<string, unknown> = {}
  cycle['self'] = { cycle }
  const nested = (levels: number, value: unknown): unknown =>
    levels === 0 ? value : [nested(levels - 1, value)]
  const broken = {
    toJSON() {
      throw new Error('Not today.')
    },
  }
  test.each<[string, unknown, RegExp]>([
    ['a bigint', 1n, /^A bigint cannot be written as JSON\.$/],
    ['a bigint within', { a: [1n] }, /BigInt/],
    ['an object that contains itself', cycle, /circular/],
    ['a function', () => 1, /^A function cannot be written as JSON\.$/],
    ['a symbol', Symbol('a'), /^A symbol cannot be written as JSON\.$/],
    ['what its toJSON refuses', broken, /Not today\./],
    ['too many levels', JSON.parse('['.repeat(64) + ']'.repeat(64)), /too many levels/],
    ['too many levels around bytes', nested(64, bytes), /too many levels/],
  ])('%s', (_, value, message) => {
    const write = () => jsonEncoding.result('1', value)
    expect(write).toThrow(SerializationError)
    expect(write).toThrow(message)
    expect(() => jsonEncoding.invocation('T', [value])).toThrow(SerializationError)
    expect(() => jsonEncoding.streamItem('1', value)).toThrow(SerializationError)
  })
})
