import { connect, hex, raw, receive, talk } from '../conversation/build.ts'
import type { Conversation, Step } from '../conversation/step.ts'
import { binary, encode, framed, raw as literal } from '../wire/message-pack.ts'

/** A record by its items. */
function record(...items: readonly unknown[]): Buffer {
  return framed(encode(items))
}

/** A record by the bytes of its body. */
function body(text: string): Buffer {
  return framed(hex(text))
}

/** Items that JSON has no form of. */
function bytes(text: string): unknown {
  return literal('null', text.replaceAll(' ', ''))
}

/** A value that is nested so many times. */
function nested(levels: number): unknown {
  return bytes(`${'91'.repeat(levels - 1)}90`)
}

/** What is sent. Each is followed by a call that shows whether it did harm. */
const RECORDS: readonly (readonly [name: string, data: Buffer])[] = [
  // The frame
  ['an empty body', hex('00')],
  ['a body that is no array', body('01')],
  ['a body that is a map', body('80')],
  ['a body that is a text', body('a1 61')],
  ['a body that is nil', body('c0')],
  ['an empty array', body('90')],
  ['a byte that means nothing', body('c1')],
  ['bytes behind the array', body('96 01 80 a1 31 a3 53756d 92 01 02 90 ff ff')],
  ['a length of more bytes than needed', hex('8d 00 96 01 80 a1 31 a3 53756d 92 01 02 90')],
  ['a length of five bytes', hex('8d 80 80 80 00 96 01 80 a1 31 a3 53756d 92 01 02 90')],
  ['a length of six bytes', hex('8d 80 80 80 80 00 96 01 80 a1 31 a3 53756d 92 01 02 90')],
  ['a length above 2^31-1', hex('ff ff ff ff 0f 91 06')],
  ['a length of 2^31-1', hex('ff ff ff ff 07 91 06')],
  ['a body that ends within an item', body('96 01 80 a1')],
  ['an array of 16 bits of size', body('dc 0001 06')],
  ['an array of 32 bits of size', body('dd 00000001 06')],
  ['an array of more items than there are', body('dd 7fffffff 06')],
  // The type
  ['a type that is a text', record('1')],
  ['a type that is nil', record(null)],
  ['a type that is a float', body('91 cb 4018000000000000')],
  ['a type of 64 bits', body('91 cf 0000000000000006')],
  ['a type of 64 bits with a sign', body('91 d3 0000000000000006')],
  ['a type that is too large', body('91 cf ffffffffffffffff')],
  // Calls
  ['a call', record(1, {}, '1', 'Sum', [1, 2], [])],
  ['a call without stream ids', record(1, {}, '1', 'Sum', [1, 2])],
  ['a call without arguments and stream ids', record(1, {}, '1', 'Nothing')],
  ['a call without a target', record(1, {}, '1')],
  ['a call with an item too many', record(1, {}, '1', 'Sum', [1, 2], [], 'more')],
  ['a call with headers', record(1, { a: 'b' }, '1', 'Sum', [1, 2], [])],
  ['a call with headers that are nil', record(1, null, '1', 'Sum', [1, 2], [])],
  ['a call with headers that are an array', record(1, [], '1', 'Sum', [1, 2], [])],
  ['a call with a header that is a number', record(1, { a: 1 }, '1', 'Sum', [1, 2], [])],
  ['a call with a header that is nil', record(1, { a: null }, '1', 'Sum', [1, 2], [])],
  [
    'a call with a header whose name is a number',
    record(1, bytes('81 01 a1 62'), '1', 'Sum', [1, 2], []),
  ],
  ['a call with more headers than there are', body('96 01 df 7fffffff a1 31')],
  ['a call with an id that is nil', record(1, {}, null, 'Sum', [1, 2], [])],
  ['a call with an empty id', record(1, {}, '', 'Sum', [1, 2], [])],
  ['a call with an id that is a number', record(1, {}, 1, 'Sum', [1, 2], [])],
  ['a call with an id that is bin', record(1, {}, binary('31'), 'Sum', [1, 2], [])],
  ['a call with an id of no UTF-8', record(1, {}, bytes('a1 ff'), 'Sum', [1, 2], [])],
  ['a call with a target that is nil', record(1, {}, '1', null, [1, 2], [])],
  ['a call with a target that is a number', record(1, {}, '1', 1, [1, 2], [])],
  ['a call with an empty target', record(1, {}, '1', '', [1, 2], [])],
  ['a call with a target in another case', record(1, {}, '1', 'sUM', [1, 2], [])],
  ['a call with arguments that are nil', record(1, {}, '1', 'Nothing', null, [])],
  ['a call with arguments that are a map', record(1, {}, '1', 'Nothing', {}, [])],
  ['a call with arguments that are a text', record(1, {}, '1', 'Nothing', 'x', [])],
  ['a call with too many arguments', record(1, {}, '1', 'Sum', [1, 2, 3], [])],
  ['a call with too few arguments', record(1, {}, '1', 'Sum', [1], [])],
  ['a call with more arguments than there are', body('95 01 80 a1 31 a3 53756d dd 7fffffff 01 02')],
  ['a call with arguments that end within one', body('95 01 80 a1 31 a3 53756d 92 01 cd 00')],
  ['a call with an argument that means nothing', record(1, {}, '1', 'Echo', [bytes('c1')], [])],
  ['a call with an argument of an extension', record(1, {}, '1', 'Echo', [bytes('d4 05 00')], [])],
  [
    'a call with an argument of a long extension',
    record(1, {}, '1', 'Echo', [bytes('c9 7fffffff 05 00')], []),
  ],
  [
    'a call with an argument of a long bin',
    record(1, {}, '1', 'Echo', [bytes('c6 7fffffff 00')], []),
  ],
  [
    'a call with an argument of a long text',
    record(1, {}, '1', 'Echo', [bytes('db 7fffffff 00')], []),
  ],
  ['a call with an argument of no UTF-8', record(1, {}, '1', 'Echo', [bytes('a2 ff fe')], [])],
  ['a call with a map whose key is a number', record(1, {}, '1', 'Echo', [bytes('81 01 02')], [])],
  ['a call with a map whose key is nil', record(1, {}, '1', 'Echo', [bytes('81 c0 02')], [])],
  ['a call with a map whose key is an array', record(1, {}, '1', 'Echo', [bytes('81 90 02')], [])],
  [
    'a call with a map of a key twice',
    record(1, {}, '1', 'Echo', [bytes('82 a1 61 01 a1 61 02')], []),
  ],
  [
    'a call with a key of a prototype',
    record(1, {}, '1', 'Echo', [bytes('81 a9 5f5f70726f746f5f5f 80')], []),
  ],
  ['a call with stream ids that are nil', record(1, {}, '1', 'Sum', [1, 2], null)],
  ['a call with stream ids that are a text', record(1, {}, '1', 'Sum', [1, 2], 's')],
  ['a call with a stream id that is a number', record(1, {}, '1', 'Sum', [1, 2], [1])],
  ['a call with a stream that the method does not want', record(1, {}, '1', 'Sum', [1, 2], ['s'])],
  ['a call of an unknown method', record(1, {}, '1', 'Nobody', [1], [])],
  // Calls of streams
  ['a call of a stream with an id that is nil', record(4, {}, null, 'Count', [2, 0], [])],
  ['a call of a stream with an empty id', record(4, {}, '', 'Count', [2, 0], [])],
  // Items
  ['an item of an unknown stream', record(2, {}, 'x', 1)],
  ['an item of an unknown stream without an item', record(2, {}, 'x')],
  ['an item without an id', record(2, {})],
  ['an item with an id that is nil', record(2, {}, null, 1)],
  // Answers
  ['an answer to nothing', record(3, {}, 'x', 2)],
  ['an answer to nothing, with a result', record(3, {}, 'x', 3, { a: 1 })],
  ['an answer to nothing, with a result that is missing', record(3, {}, 'x', 3)],
  ['an answer to nothing, with an error', record(3, {}, 'x', 1, 'no')],
  ['an answer to nothing, with an error that is nil', record(3, {}, 'x', 1, null)],
  ['an answer to nothing, with an error that is a number', record(3, {}, 'x', 1, 1)],
  ['an answer to nothing, with an error that is missing', record(3, {}, 'x', 1)],
  ['an answer of an unknown kind', record(3, {}, 'x', 9)],
  ['an answer of kind 0', record(3, {}, 'x', 0)],
  ['an answer whose kind is a text', record(3, {}, 'x', '2')],
  ['an answer without a kind', record(3, {}, 'x')],
  ['an answer without an id', record(3, {})],
  ['an answer with an id that is nil', record(3, {}, null, 2)],
  ['an answer with an item too many', record(3, {}, 'x', 2, 1, 2)],
  // Cancellations
  ['a cancellation of nothing', record(5, {}, 'x')],
  ['a cancellation without an id', record(5, {})],
  ['a cancellation without anything', record(5)],
  ['a cancellation with an id that is nil', record(5, {}, null)],
  ['a cancellation with an empty id', record(5, {}, '')],
  // Others
  ['a ping', record(6)],
  ['a ping with items', record(6, 1, 'x', {})],
  ['a close', record(7, null, false)],
  ['a close of two items', record(7, null)],
  ['a close of one item', record(7)],
  ['a close with an error', record(7, 'mine', false)],
  ['a close with an empty error', record(7, '', false)],
  ['a close with an error that is a number', record(7, 1, false)],
  ['a close that allows to reconnect', record(7, null, true)],
  ['a close whose allowReconnect is a number', record(7, null, 1)],
  ['a close whose allowReconnect is nil', record(7, null, null)],
  ['an acknowledgement', record(8, 1)],
  ['an acknowledgement without a number', record(8)],
  ['an acknowledgement with a text', record(8, '1')],
  ['an acknowledgement with a negative number', record(8, -1)],
  ['a sequence', record(9, 1)],
  ['a sequence without a number', record(9)],
]

/** Calls of streams that are answered. */
const STREAMS: readonly (readonly [name: string, data: Buffer])[] = [
  ['a call of a stream', record(4, {}, '1', 'Count', [2, 0], [])],
  ['a call of a stream without stream ids', record(4, {}, '1', 'Count', [2, 0])],
]

function binaryConnection(path = '/hub'): Step {
  return connect({ encoding: 'messagepack', path })
}

export const messagePackRecords: readonly Conversation[] = [
  ...RECORDS.map(([name, data]) =>
    talk(`messagepack: ${name}`, [
      binaryConnection(),
      raw(data),
      { do: 'fence', on: 'a', ms: name.includes('2^31-1') ? 1_000 : 4_000 },
    ]),
  ),
  ...STREAMS.map(([name, data]) =>
    talk(`messagepack: ${name}`, [binaryConnection(), raw(data), receive(3)]),
  ),
  ...[0, 10, -1, 99].map((type) =>
    talk(`messagepack: type ${type}`, [
      binaryConnection(),
      raw(record(type)),
      { do: 'fence', on: 'a', ms: 1_500 },
    ]),
  ),
  ...[60, 64, 100, 400, 480, 600, 5_000].map((levels) =>
    talk(`messagepack: an argument of ${levels} levels`, [
      binaryConnection(),
      raw(record(1, {}, '1', 'Echo', [nested(levels)], [])),
    ]),
  ),
  talk('messagepack: in a text frame', [binaryConnection(), raw('\u0002\u0091')]),
  ...(
    [
      ['an empty array', body('90')],
      ['a call with headers that are nil', record(1, null, '1', 'Sum', [1, 2], [])],
      ['a call with an id that is a number', record(1, {}, 1, 'Sum', [1, 2], [])],
      ['a call with arguments that are nil', record(1, {}, '1', 'Nothing', null, [])],
      ['a call of a stream with an id that is nil', record(4, {}, null, 'Count', [2, 0], [])],
      ['an answer of an unknown kind', record(3, {}, 'x', 9)],
      ['a cancellation without an id', record(5, {})],
    ] as const
  ).map(([name, data]) =>
    talk(`messagepack: in detail, ${name}`, [binaryConnection('/hub/detailed'), raw(data)]),
  ),
]
