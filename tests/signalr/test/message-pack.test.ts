import { describe, expect, test } from 'vitest'
import { binary, describeRecords, encode, float, framed } from '../src/wire/message-pack.ts'

describe('a record of MessagePack', () => {
  test.each([
    ['0', 0],
    ['127', 127],
    ['128', 128],
    ['-32', -32],
    ['-33', -33],
    ['4294967296', 4_294_967_296],
    ['1.5', 1.5],
    ['2.0', float(2)],
    ['null', null],
    ['true', true],
    ['"é😀"', 'é😀'],
    ['bin(00ff)', binary('00ff')],
    ['[1,[],"a"]', [1, [], 'a']],
    ['{"a":{}}', { a: {} }],
    [`"${'x'.repeat(70_000)}"`, 'x'.repeat(70_000)],
    [`[${Array(20).fill(1).join()}]`, Array(20).fill(1)],
  ])('is shown as %s', (text, value) => {
    const [record, ...rest] = describeRecords(framed(encode(value)))
    expect(record?.text).toBe(text)
    expect(rest).toEqual([])
  })

  test('is shown as incomplete where its end is missing', () => {
    const bytes = Buffer.concat([framed(encode([6])), framed(encode('hello')).subarray(0, 3)])
    expect(describeRecords(bytes).map(({ text }) => text)).toEqual(['[6]', 'incomplete: a568'])
  })

  test('is shown with what stands behind it', () => {
    expect(describeRecords(Buffer.of(2, 6, 7)).map(({ text }) => text)).toEqual(['6 and more'])
  })
})
