import { both, call, connect, raw as rawText, send, stream, talk } from '../conversation/build.ts'
import type { Conversation } from '../conversation/step.ts'
import { binary, float, raw } from '../wire/message-pack.ts'

const END = '\u001e'

/** A number as it stands in JSON, and in so many bytes of MessagePack. */
function number(json: string, hex: string) {
  return raw(json, hex)
}

/** Values that come back as they were sent. */
const ECHOED: readonly (readonly [name: string, value: unknown])[] = [
  ['a number', 1],
  ['zero', 0],
  ['a negative number', -5],
  ['a large integer', 4_294_967_296],
  ['the largest safe integer', 9_007_199_254_740_991],
  ['an integer of 64 bits', number('18446744073709551615', 'cfffffffffffffffff')],
  ['the least integer of 64 bits', number('-9223372036854775808', 'd38000000000000000')],
  ['a fraction', 1.5],
  ['a small fraction', 1e-7],
  ['a huge number', 1e300],
  ['a whole float', float(2)],
  ['a float of 32 bits', number('0.5', 'ca3f000000')],
  ['true', true],
  ['false', false],
  ['null', null],
  ['a text', 'hello'],
  ['an empty text', ''],
  ['a text of many scripts', 'äß€я日本語عربي'],
  ['a text beyond the basic plane', '😀𝄞'],
  ['a text that HTML would escape', `<a href="x">&'+/</a>`],
  ['a text of controls', '\u0000\u0001\b\t\n\u000b\f\r\u001e\u001f\u007f'],
  ['a text of separators of lines', 'a\u0085b\u2028c\u2029d\ufeffe'],
  ['a text of spaces', 'a\u00a0b\u2003c\u3000d\u200be\u00adf'],
  ['a text of private and unassigned letters', '\ue000\ufff0\u0378'],
  ['a text of backslashes', '\\ " \\" /'],
  ['a long text', 'x'.repeat(20_000)],
  ['an array', [1, 'a', null, [true]]],
  ['an empty array', []],
  ['an object', { b: 1, a: { c: [1, 2] } }],
  ['an empty object', {}],
  [
    'an object with a name of a prototype',
    raw('{"__proto__":{"x":1}}', '81a95f5f70726f746f5f5f81a17801'),
  ],
  ['an object with an empty name', { '': 1 }],
  ['bytes', binary('00ff10')],
  ['no bytes', binary('')],
]

/** Arguments that do not fit, and some that do. */
const BOUND: readonly (readonly [name: string, target: string, args: readonly unknown[]])[] = [
  ['an int that is a fraction', 'Sum', [1.5, 2]],
  ['an int that is a whole float', 'Sum', [float(2), 2]],
  ['an int with an exponent', 'Sum', [raw('1e2', 'cb4059000000000000'), 2]],
  ['an int that is too large', 'Sum', [3_000_000_000, 2]],
  ['the largest int', 'Sum', [2_147_483_647, 0]],
  ['the least int', 'Sum', [-2_147_483_648, 0]],
  ['a sum that overflows', 'Sum', [2_147_483_647, 1]],
  ['an int that is a text', 'Sum', ['1', 2]],
  ['an int that is null', 'Sum', [null, 2]],
  ['an int that is true', 'Sum', [true, 2]],
  ['an int that is an array', 'Sum', [[1], 2]],
  ['an int that is an object', 'Sum', [{}, 2]],
  ['a minus zero', 'Sum', [raw('-0', 'd000'), 2]],
  ['the second int that is a text', 'Sum', [1, '2']],
  ['no arguments where two are expected', 'Sum', []],
  ['one argument where two are expected', 'Sum', [1]],
  ['three arguments where two are expected', 'Sum', [1, 2, 3]],
  ['an argument where none is expected', 'Nothing', [1]],
  ['a text that is a number', 'Delay', [0, 5]],
  ['a text that is null', 'Delay', [0, null]],
  ['a text that is true', 'Delay', [0, true]],
  ['a text that is an object', 'Delay', [0, { a: 1 }]],
  ['bytes', 'Bytes', [binary('010203')]],
  ['no bytes', 'Bytes', [binary('')]],
  ['bytes that are a number', 'Bytes', [1]],
  ['bytes that are an array', 'Bytes', [[1, 2, 3]]],
  ['texts that are null', 'SendExcept', [null, 'x']],
  ['texts that are a text', 'SendToMany', ['a', 'x']],
  ['texts with a number among them', 'SendToMany', [['a', 1], 'x']],
  ['no texts', 'SendToMany', [[], 'x']],
  ['any values', 'EchoMany', [1, 'b', [null]]],
  ['any values, all null', 'EchoMany', [null, null, null]],
  ['any values, one too few', 'EchoMany', [1, 2]],
  ['an unknown method', 'Nobody', []],
  ['an unknown method with arguments', 'Nobody', [1, 'a', {}]],
  ['a method in another case', 'sum', [1, 2]],
  ['a method in capitals', 'SUM', [1, 2]],
  ['a method with a blank', 'Sum ', [1, 2]],
  ['a size of zero', 'Big', [0]],
  ['a size', 'Big', [1_000]],
  ['a size beyond what a client may send', 'Big', [100_000]],
]

/** Names that a language or a base class has, and that no client can call. */
const NAMES = [
  'OnConnectedAsync',
  'OnDisconnectedAsync',
  'Dispose',
  'ToString',
  'GetHashCode',
  'Equals',
  'GetType',
  'get_Context',
  'Context',
  'Clients',
  'Groups',
  'constructor',
  '__proto__',
  'toString',
  'hasOwnProperty',
  'connected',
  'disconnected',
  'prototype',
] as const

export const values: readonly Conversation[] = [
  ...ECHOED.flatMap(([name, value]) =>
    both(`echo: ${name}`, [connect(), send(call('Echo', [value]))]),
  ),
  ...BOUND.flatMap(([name, target, args]) =>
    both(`arguments: ${name}`, [connect(), send(call(target, args))]),
  ),
  ...NAMES.map((name) => talk(`arguments: the method ${name}`, [connect(), send(call(name))])),
  ...NAMES.slice(0, 3).map((name) =>
    talk(`arguments: the method ${name} with an argument`, [connect(), send(call(name, [null]))]),
  ),
  ...(
    [
      ['white space between values', '[ 1 , { "a" : [ true ] } ]'],
      ['digits behind the point', '1.0'],
      ['an exponent', '1E+2'],
      ['an integer of 30 digits', '123456789012345678901234567890'],
      ['a name twice', '{"a":1,"a":2}'],
      ['escapes', '"\\u0041\\/\\u00e9\\ud83d\\ude00"'],
      ['half a surrogate pair', '"\\ud83d"'],
      ['minus zero', '-0'],
      ['names that look like numbers', '{"2":"b","1":"a"}'],
    ] as const
  ).map(([name, text]) =>
    talk(`echo: of JSON, ${name}`, [
      connect(),
      rawText(`{"type":1,"invocationId":"1","target":"Echo","arguments":[${text}]}${END}`),
    ]),
  ),
  talk('arguments: bytes of bad base64', [connect(), send(call('Bytes', ['a?b']))]),
  talk('arguments: bytes of base64 without its end', [connect(), send(call('Bytes', ['AQI']))]),
  talk('arguments: bytes of base64 for URLs', [connect(), send(call('Bytes', ['-_8=']))]),
  talk('arguments: bytes that are a text', [
    connect({ encoding: 'messagepack' }),
    send(call('Bytes', ['abc'])),
  ]),
  talk('arguments: a text that is bin', [
    connect({ encoding: 'messagepack' }),
    send(call('Delay', [0, binary('616263')])),
  ]),
  talk('arguments: a time', [
    connect({ encoding: 'messagepack' }),
    send(call('Echo', [raw('null', 'd6ff00000001')])),
  ]),
  ...both('arguments: those of a stream that do not fit', [
    connect(),
    send(stream('Count', ['x', 0])),
  ]),
  ...both('arguments: those of a stream, too few', [connect(), send(stream('Count', [1]))]),
]
