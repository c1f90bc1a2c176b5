import { decode, encode } from '@msgpack/msgpack'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { messagepack } from '../../src/messagepack.ts'
import { jsonEncoding } from '../../src/protocol/json/json-encoding.ts'
import { ValueReader } from '../../src/protocol/messagepack/value-reader.ts'
import { ValueWriter } from '../../src/protocol/messagepack/value-writer.ts'
import { cutAt, cuts, damage, join, value, written } from './arbitraries.ts'
import { readAll } from './support.ts'

const LARGE = 2 ** 24

describe.each([
  ['JSON', jsonEncoding],
  ['MessagePack', messagepack()],
])('in %s', (_, encoding) => {
  test('what is written is read, however it is cut', () => {
    fc.assert(
      fc.property(fc.array(written), cuts, (records, cuts) => {
        const parts = cutAt(join(records, encoding), cuts)
        expect(readAll(encoding, parts, LARGE)).toStrictEqual({
          records: records.map(({ record }) => record),
          error: undefined,
        })
      }),
    )
  })

  test('what is written is read in its order, whenever it is read', () => {
    const part = fc.record({ records: fc.array(written, { maxLength: 3 }), reads: fc.nat(4) })
    fc.assert(
      fc.property(fc.array(part, { minLength: 3 }), (parts) => {
        const all = parts.flatMap(({ records }) => records)
        const bytes = parts.map(({ records }) => join(records, encoding))
        const reads = parts.map(({ reads }) => reads)
        expect(readAll(encoding, bytes, LARGE, reads).records).toStrictEqual(
          all.map(({ record }) => record),
        )
      }),
    )
  })

  test('damaged records are read the same, however they are cut', () => {
    const limit = fc.constantFrom(20, 100, LARGE)
    fc.assert(
      fc.property(fc.array(written), damage, cuts, limit, (records, damage, cuts, limit) => {
        const bytes = damage(join(records, encoding))
        const whole = readAll(encoding, [bytes], limit)
        expect(readAll(encoding, cutAt(bytes, cuts), limit)).toStrictEqual(whole)
        if (encoding.format === 'text') {
          // What is no UTF-8 has become longer.
          const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
          if (!text.includes('\ufffd'))
            expect(readAll(encoding, [text], limit)).toStrictEqual(whole)
        }
      }),
    )
  })
})

describe('a value of MessagePack', () => {
  const extended = fc.oneof(
    value,
    fc.uint8Array({ maxLength: 300 }),
    fc.date({ noInvalidDate: true }),
    fc.constantFrom(Number.POSITIVE_INFINITY, Number.NaN),
    fc.array(fc.oneof(fc.uint8Array(), fc.date({ noInvalidDate: true })), { maxLength: 3 }),
    fc.string({ minLength: 100, maxLength: 70_000 }),
    fc.array(fc.nat(9), { minLength: 10, maxLength: 70_000, size: 'max' }),
  )

  test('is written so that the library reads it', () => {
    const writer = new ValueWriter()
    fc.assert(
      fc.property(extended, (value) => {
        writer.reset()
        writer.value(value, 1)
        expect(decode(writer.copyFrom(0))).toStrictEqual(value)
      }),
    )
  })

  test('is written like the library writes it', () => {
    const writer = new ValueWriter()
    fc.assert(
      fc.property(extended, (value) => {
        writer.reset()
        writer.value(value, 1)
        expect(Buffer.compare(writer.copyFrom(0), encode(value))).toBe(0)
      }),
    )
  })

  test('is read as the library writes it', () => {
    const reader = new ValueReader()
    fc.assert(
      fc.property(extended, (value) => {
        const bytes = encode(value)
        reader.reset(bytes, 0, bytes.length)
        expect(reader.value('value', 1)).toStrictEqual(value)
      }),
    )
  })
})
