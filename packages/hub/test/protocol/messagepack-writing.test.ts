import { decode } from '@msgpack/msgpack'
import { describe, expect, test } from 'vitest'
import { messagepack } from '../../src/messagepack.ts'
import { type Encoded, SerializationError } from '../../src/protocol/encoding.ts'
import { framed, hex } from './support.ts'

const encoding = messagepack()

test.each<[Encoded, string]>([
  [encoding.ping, '91 06'],
  [encoding.invocation('T', []), '96 01 80 c0 a1 54 90 90'],
  [encoding.invocation('T', [1, 'a', undefined], 's1'), '96 01 80 a2 7331 a1 54 93 01 a1 61 c0 90'],
  [encoding.streamItem('1', 0), '94 02 80 a1 31 00'],
  [encoding.result('1', 3), '95 03 80 a1 31 03 03'],
  [encoding.result('1', undefined), '95 03 80 a1 31 03 c0'],
  [encoding.failure('1', 'é'), '95 03 80 a1 31 01 a2 c3a9'],
  [encoding.streamEnd('1'), '94 03 80 a1 31 02'],
  [encoding.close(undefined, false), '93 07 c0 c2'],
  [encoding.close('e', true), '93 07 a1 65 c3'],
  [encoding.acknowledgement(2), '92 08 02'],
  [encoding.sequence(300), '92 09 cd 012c'],
])('%o is written', (record, text) => {
  expect(Buffer.compare(record as Uint8Array, framed(hex(text)))).toBe(0)
})

test.each([0, 100, 127, 128, 16_383, 16_384, 100_000, 3_000_000])(
  'a record with a text of %i characters has its length before it',
  (length) => {
    const record = encoding.result('1', 'x'.repeat(length)) as Uint8Array
    const prefix = record.findIndex((byte) => byte < 0x80) + 1
    const body = record.subarray(prefix)
    expect(Buffer.compare(framed(body), record)).toBe(0)
    expect((decode(body) as unknown[])[4] === 'x'.repeat(length)).toBe(true)
  },
)

/** A value as a reader of MessagePack has it. */
function written(value: unknown): unknown {
  const record = encoding.streamItem('1', value) as Uint8Array
  const prefix = record.findIndex((byte) => byte < 0x80) + 1
  return (decode(record.subarray(prefix)) as unknown[])[3]
}

const bytes = Uint8Array.of(1, 2, 255)

describe('a value', () => {
  test.each<[string, unknown, unknown]>([
    ['undefined in a list', [undefined, () => 1], [null, null]],
    ['undefined as a member', { a: undefined, b: 1, c: () => 1 }, { b: 1 }],
    ['not a number', Number.NaN, Number.NaN],
    ['a date', new Date(1234), new Date(1234)],
    ['a date before 1970', new Date(-1), new Date(-1)],
    ['a date far away', new Date(8.64e15), new Date(8.64e15)],
    ['a date that is none', [new Date(Number.NaN)], [null]],
    ['bytes', bytes, bytes],
    ['bytes of Node within', { a: Buffer.from(bytes) }, { a: bytes }],
    ['a view of other numbers', new Uint16Array([258]), Uint8Array.of(2, 1)],
    ['what toJSON returns', { toJSON: () => ({ a: bytes }) }, { a: bytes }],
    ['an object without prototype', Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
    ['half a surrogate pair', 'a\ud800', 'a\ufffd'],
    ['a long text that is not ASCII', 'é😀'.repeat(1000), 'é😀'.repeat(1000)],
  ])('%s', (_, value, read) => {
    expect(written(value)).toStrictEqual(read)
  })

  test.each([15, 16, 17, 65_535, 65_536])('with %i members, one of which is left out', (size) => {
    const members = Array.from({ length: size }, (_, index) => [`${index}`, index])
    const object = Object.fromEntries(members)
    expect(written({ ...object, 0: undefined })).toStrictEqual(Object.fromEntries(members.slice(1)))
  })

  test('whose members write another record while they are read', () => {
    const value = {
      before: 1,
      get other() {
        return encoding.result('2', 'other')
      },
      after: 2,
    }
    expect(written(value)).toStrictEqual({
      before: 1,
      other: encoding.result('2', 'other'),
      after: 2,
    })
  })
})

describe('what JSON.stringify does is done', () => {
  const nothing = { toJSON: () => undefined }
  const keys: string[] = []
  const keyed = { toJSON: (key: string) => keys.push(key) }
  class Point {
    readonly x = 1
  }
  test.each<[string, unknown]>([
    ['where toJSON returns undefined', { a: nothing, b: [nothing, 1], c: 2 }],
    ['where toJSON returns a function', { a: { toJSON: () => () => 1 }, b: 1 }],
    ['where toJSON returns a symbol', [{ toJSON: () => Symbol('a') }]],
    ['where toJSON returns an object that has one too', { toJSON: () => ({ ...nothing, a: 1 }) }],
    ['where toJSON returns a date', { toJSON: () => new Date(0) }],
    ['where all members are left out', { a: nothing, b: undefined }],
    ['with boxed primitives', [Object(5), Object('ab'), Object(false), Object('')]],
    ['with a boxed primitive alone', Object(5)],
    ['with boxed primitives as members', { a: Object('é'), b: Object(true) }],
    ['where toJSON returns a boxed primitive', { toJSON: () => Object('a') }],
    [
      'with a boxed primitive that has another value',
      Object.assign(Object(5), { valueOf: () => 6 }),
    ],
    ['with a boxed symbol', { a: Object(Symbol('a')) }],
    ['with an object of a class', new Point()],
  ])('%s', (_, value) => {
    expect(written(value)).toStrictEqual(JSON.parse(JSON.stringify(value)))
  })

  test('where toJSON returns nothing of a value that stands alone', () => {
    expect(written(nothing)).toBe(null)
    expect(written({ toJSON: () => () => 1 })).toBe(null)
  })

  test('with the key that toJSON is told', () => {
    written({ a: keyed, b: [keyed, keyed] })
    written(keyed)
    expect(keys).toEqual(['a', '0', '1', ''])
  })
})

describe('a value that cannot be written is refused', () => {
  const cycle: Record<string, unknown> = {}
  cycle['self'] = [cycle]
  const broken = {
    get a() {
      throw new Error('Not today.')
    },
  }
  test.each<[string, unknown, RegExp]>([
    ['a bigint', 1n, /^A bigint cannot be written as MessagePack\.$/],
    ['a bigint within', { a: [1n] }, /^A bigint/],
    ['a boxed bigint', Object(1n), /^A bigint/],
    ['a bigint that toJSON returns', { toJSON: () => 1n }, /^A bigint/],
    ['an object that contains itself', cycle, /^The value contains itself, or has too many levels/],
    ['a function', () => 1, /^A function cannot be written as MessagePack\.$/],
    ['a symbol', Symbol('a'), /^A symbol cannot be written as MessagePack\.$/],
    ['what one of its members refuses', broken, /Not today\./],
  ])('%s', (_, value, message) => {
    const write = () => encoding.result('1', value)
    expect(write).toThrow(SerializationError)
    expect(write).toThrow(message)
    expect(() => encoding.invocation('T', [value])).toThrow(SerializationError)
    expect(written('and the next one is whole')).toBe('and the next one is whole')
  })
})
