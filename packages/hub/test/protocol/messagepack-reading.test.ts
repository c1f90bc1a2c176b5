import { encode } from '@msgpack/msgpack'
import { describe, expect, test } from 'vitest'
import { messagepack } from '../../src/messagepack.ts'
import { framed, hex, readAll } from './support.ts'

const encoding = messagepack()

const INVOCATION = { kind: 'invocation', id: undefined, target: 'T', args: [], streamIds: [] }
const COMPLETION = {
  kind: 'completion',
  id: '1',
  error: undefined,
  hasResult: false,
  result: undefined,
}
const UNREADABLE = { ...COMPLETION, error: 'The result could not be read.' }

describe('a record is read', () => {
  test.each<[unknown[], unknown]>([
    [[1, {}, null, 'T', [], []], INVOCATION],
    [[1, {}, '', 'T', [], []], INVOCATION],
    [[1, {}, '1', 'T', [1, 'a'], []], { ...INVOCATION, id: '1', args: [1, 'a'] }],
    [[1, {}, null, 'T', []], INVOCATION],
    [[1, { a: 'b' }, null, 'T', [], ['2', '3']], { ...INVOCATION, streamIds: ['2', '3'] }],
    [[1, {}, null, 'T', [], [], 'more', {}], INVOCATION],
    [[1, {}, null, 'T', null, null], { ...INVOCATION, args: undefined }],
    [[1, {}, null, 'T', {}, ['2']], { ...INVOCATION, args: undefined }],
    [[1, {}, null, 'T'], { ...INVOCATION, args: undefined }],
    [[4, {}, '1', 'T', [], []], { ...INVOCATION, kind: 'stream-invocation', id: '1' }],
    [[2, {}, '1', null], { kind: 'stream-item', id: '1', isReadable: true, item: null }],
    [
      [2, {}, '1', [{ a: 1 }]],
      { kind: 'stream-item', id: '1', isReadable: true, item: [{ a: 1 }] },
    ],
    [[2, {}, '1'], { kind: 'stream-item', id: '1', isReadable: false, item: undefined }],
    [[3, {}, '1', 1, 'e'], { ...COMPLETION, error: 'e' }],
    [[3, {}, '1', 1, null], COMPLETION],
    [[3, {}, '1', 2], COMPLETION],
    [[3, {}, '1', 3, null], { ...COMPLETION, hasResult: true, result: null }],
    [[3, {}, '1', 3], UNREADABLE],
    [[5, {}, '1'], { kind: 'cancel', id: '1' }],
    [[6], { kind: 'ping' }],
    [[6, {}, 1], { kind: 'ping' }],
    [[7, null, false], { kind: 'close', error: undefined, allowReconnect: false }],
    [[7, 'e', true], { kind: 'close', error: 'e', allowReconnect: true }],
    [[7, 'e'], { kind: 'close', error: 'e', allowReconnect: false }],
    [[8, 2], { kind: 'acknowledgement', sequenceId: 2 }],
    [[9, 2 ** 40], { kind: 'sequence', sequenceId: 2 ** 40 }],
  ])('%j', (items, record) => {
    expect(readAll(encoding, [framed(encode(items))])).toStrictEqual({
      records: [record],
      error: undefined,
    })
  })

  test('with bytes behind it', () => {
    expect(readAll(encoding, [framed(hex('91 06 c1 ff'))]).records).toStrictEqual([
      { kind: 'ping' },
    ])
  })

  test('with the number of its items in more bytes than it needs', () => {
    for (const text of ['dc 0001 06', 'dd 00000001 06', '91 cc 06', '91 d3 0000000000000006']) {
      expect(readAll(encoding, [framed(hex(text))]).records).toStrictEqual([{ kind: 'ping' }])
    }
  })
})

test.each([0, 10, -1, 99, 2 ** 31 - 1])('type %i is not known', (type) => {
  const bytes = Buffer.concat([framed(encode([type, 1, 2])), framed(encode([6]))])
  expect(readAll(encoding, [bytes]).records).toStrictEqual([{ kind: 'unknown' }, { kind: 'ping' }])
})

describe('a record ends the reading', () => {
  test.each<[string, string, string]>([
    ['is empty', '', "Reading array length for 'message' failed."],
    ['is no array', '06', "Reading array length for 'message' failed."],
    ['is nil', 'c0', "Reading array length for 'message' failed."],
    ['is a map', '81 06 06', "Reading array length for 'message' failed."],
    [
      'claims more items than bytes',
      'dd ffffffff 06',
      "Reading array length for 'message' failed.",
    ],
    ['has no items', '90', "Reading 'messageType' as Int32 failed."],
    ['has a text as type', '91 a1 36', "Reading 'messageType' as Int32 failed."],
    ['has a float as type', '91 cb 4018000000000000', "Reading 'messageType' as Int32 failed."],
    ['has too large a type', '91 ce 80000000', "Reading 'messageType' as Int32 failed."],
    ['has too small a type', '91 d3 ffffffff7fffffff', "Reading 'messageType' as Int32 failed."],
    ['has nil as type', '91 c0', "Reading 'messageType' as Int32 failed."],
    ['is a call without target', '93 01 80 c0', "Reading 'target' as String failed."],
    [
      'is a call whose target is cut off',
      '95 01 80 c0 a5 54',
      "Reading 'target' as String failed.",
    ],
    ['has bytes as target', '95 01 80 c0 c4 01 54 90', "Reading 'target' as String failed."],
    ['has nil as target', '95 01 80 c0 c0 90', 'Null or empty target for Invocation message.'],
    ['has an empty target', '95 01 80 c0 a0 90', 'Null or empty target for Invocation message.'],
    ['has nil as headers', '95 01 c0 c0 a1 54 90', "Reading map length for 'headers' failed."],
    ['has nil as header', '95 01 81 a1 61 c0 c0 a1 54 90', 'A header is nil.'],
    [
      'has a number as header',
      '95 01 81 a1 61 01 c0 a1 54 90',
      "Reading 'headers' as String failed.",
    ],
    [
      'claims headers that are not there',
      '95 01 df ffffffff a1 61',
      "Reading map length for 'headers' failed.",
    ],
    ['has a number as id', '95 01 80 01 a1 54 90', "Reading 'invocationId' as String failed."],
    [
      'has nil as stream ids',
      '96 01 80 c0 a1 54 90 c0',
      "Reading array length for 'streamIds' failed.",
    ],
    [
      'has a number as stream id',
      '96 01 80 c0 a1 54 90 91 01',
      "Reading 'streamIds' as String failed.",
    ],
    [
      'has an empty stream id',
      '96 01 80 c0 a1 54 90 91 a0',
      'Null or empty value in streamIds received.',
    ],
    [
      'claims stream ids that are not there',
      '96 01 80 c0 a1 54 90 dd ffffffff a1 32',
      "Reading array length for 'streamIds' failed.",
    ],
    [
      'is a stream call without id',
      '95 04 80 c0 a1 54 90',
      'Null or empty invocation ID for StreamInvocation message.',
    ],
    [
      'is a stream call with an empty id',
      '95 04 80 a0 a1 54 90',
      'Null or empty invocation ID for StreamInvocation message.',
    ],
    [
      'is an item without id',
      '94 02 80 c0 01',
      'Null or empty invocation ID for StreamItem message.',
    ],
    [
      'is a completion without id',
      '94 03 80 c0 02',
      'Null or empty invocation ID for Completion message.',
    ],
    ['is a completion without kind', '93 03 80 a1 31', "Reading 'resultKind' as Int32 failed."],
    ['is a completion of kind 9', '94 03 80 a1 31 09', 'Invalid invocation result kind.'],
    ['is a failure without error', '94 03 80 a1 31 01', "Reading 'error' as String failed."],
    ['is a cancellation of nothing', '91 05', "Reading map length for 'headers' failed."],
    ['is a cancellation without id', '92 05 80', "Reading 'invocationId' as String failed."],
    [
      'is a cancellation with an empty id',
      '93 05 80 a0',
      'Null or empty invocation ID for CancelInvocation message.',
    ],
    ['is a close without error', '91 07', "Reading 'error' as String failed."],
    ['is a close with a number', '93 07 c0 01', "Reading 'allowReconnect' as Boolean failed."],
    ['is an acknowledgement without number', '91 08', "Reading 'sequenceId' as Int64 failed."],
    ['is a sequence with a text', '92 09 a1 31', "Reading 'sequenceId' as Int64 failed."],
  ])('that %s', (_, text, message) => {
    const bytes = Buffer.concat([hex('02 91 06'), framed(hex(text)), hex('02 91 06')])
    const { records, error } = readAll(encoding, [bytes])
    expect(records).toStrictEqual([{ kind: 'ping' }])
    expect(error?.message).toBe(message)
  })
})

describe('what cannot be read of a value is an error of its call only', () => {
  test.each<[string, string]>([
    ['is cut off', '92 01'],
    ['claims 4 GiB of bytes', '91 c6 ffffffff 01 02'],
    ['claims 4 GiB of text', '91 db ffffffff 01 02'],
    ['claims 4 GiB of an extension', '91 c9 ffffffff ff 02'],
    ['claims 2 ** 32 - 1 items', 'dd ffffffff 01 02'],
    ['claims 2 ** 32 - 1 members', '91 df ffffffff a1 61 01'],
    ['claims many items in each of many arrays', `${'dd ffffffff'.repeat(1000)}`],
    ['has too many levels', `${'91'.repeat(64)} c0`],
    ['has too many levels of maps', `91 ${'81 a1 61'.repeat(62)} 80`],
    ['has a byte that begins no value', '91 c1'],
    ['has an extension that is not known', '91 d4 01 00'],
    ['has a time of 3 bytes', '91 c7 03 ff 000000'],
    ['has a member __proto__', `91 81 a9 ${Buffer.from('__proto__').toString('hex')} 80`],
    ['has a key that is no text', '91 81 c2 01'],
    ['has an array as key', '91 81 90 01'],
  ])('an array that %s', (_, text) => {
    const args = framed(Buffer.concat([hex('96 01 80 a1 31 a1 54'), hex(text)]))
    const item = framed(Buffer.concat([hex('94 02 80 a1 31'), hex(text)]))
    const result = framed(Buffer.concat([hex('95 03 80 a1 31 03'), hex(text)]))
    expect(readAll(encoding, [Buffer.concat([args, item, result])])).toStrictEqual({
      records: [
        { ...INVOCATION, id: '1', args: undefined },
        { kind: 'stream-item', id: '1', isReadable: false, item: undefined },
        UNREADABLE,
      ],
      error: undefined,
    })
  })

  test('and 64 levels are not too many, the record and its arguments included', () => {
    const args = hex(`95 01 80 a1 31 a1 54 ${'91'.repeat(62)} 90`)
    expect(readAll(encoding, [framed(args)]).records).toMatchObject([{ args: expect.any(Array) }])
  })
})

describe('a value', () => {
  const read = (text: string) => {
    const { records } = readAll(encoding, [
      framed(Buffer.concat([hex('94 02 80 a1 31'), hex(text)])),
    ])
    const [record] = records
    if (record?.kind !== 'stream-item' || !record.isReadable) throw new Error('It is not readable.')
    return record.item
  }

  test.each<[string, unknown]>([
    ['c0', null],
    ['c2', false],
    ['c3', true],
    ['7f', 127],
    ['ff', -1],
    ['e0', -32],
    ['cc ff', 255],
    ['cd ffff', 65_535],
    ['ce ffffffff', 2 ** 32 - 1],
    ['cf 0020000000000000', 2 ** 53],
    ['d0 80', -128],
    ['d1 8000', -32_768],
    ['d2 80000000', -(2 ** 31)],
    ['d3 ffffffffffffffff', -1],
    ['d3 ffffffff00000000', -(2 ** 32)],
    ['ca 3fc00000', 1.5],
    ['cb 3ff8000000000000', 1.5],
    ['a0', ''],
    ['a2 c3a9', 'é'],
    ['d9 02 c3a9', 'é'],
    ['da 0001 61', 'a'],
    ['db 00000001 61', 'a'],
    ['a3 ff 61 c3', '\ufffda\ufffd'],
    ['c4 02 01ff', Uint8Array.of(1, 255)],
    ['c5 0000', new Uint8Array()],
    ['c6 00000001 00', Uint8Array.of(0)],
    ['d6 ff 00000001', new Date(1000)],
    ['d7 ff ee2e1f00 00000001', new Date(1999)],
    ['c7 0c ff 00000000 ffffffffffffffff', new Date(-1000)],
    ['80', {}],
    ['82 a1 61 01 a1 61 02', { a: 2 }],
    ['81 01 02', { 1: 2 }],
    ['de 0001 a1 61 c0', { a: null }],
    ['81 ab 636f6e7374727563746f72 01', JSON.parse('{"constructor":1}')],
    ['92 01 91 02', [1, [2]]],
    ['dc 0001 c0', [null]],
  ])('%s', (text, value) => {
    expect(read(text)).toStrictEqual(value)
  })

  test('of bytes has its own memory', () => {
    const reader = encoding.reader(100)
    const bytes = framed(hex('94 02 80 a1 31 c4 01 07'))
    reader.push(bytes)
    const record = reader.next()
    bytes.fill(0)
    if (record?.kind !== 'stream-item') throw new Error('It is not readable.')
    expect(record.item).toStrictEqual(Uint8Array.of(7))
    expect((record.item as Uint8Array).buffer.byteLength).toBe(1)
  })
})
