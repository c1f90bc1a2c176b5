import { connect, raw, receive, talk } from '../conversation/build.ts'
import type { Conversation } from '../conversation/step.ts'

const END = '\u001e'

/** Records as they are sent, without the separator. Each is followed by a call that shows whether it did harm. */
const RECORDS: readonly (readonly [name: string, text: string])[] = [
  // The object
  ['nothing', ''],
  ['white space only', '  '],
  [
    'white space around everything',
    ' { "type" : 1 , "invocationId" : "1" , "target" : "Sum" , "arguments" : [ 1 , 2 ] } ',
  ],
  ['line breaks', '{\r\n"type":1,\n"invocationId":"1",\r"target":"Sum",\t"arguments":[1,2]}'],
  ['no JSON', 'hello'],
  ['an array', '[1,2]'],
  ['a text', '"hello"'],
  ['a number', '1'],
  ['null', 'null'],
  ['an empty object', '{}'],
  [
    'an object that ends too early',
    '{"type":1,"invocationId":"1","target":"Sum","arguments":[1,2]',
  ],
  ['an object that ends within a text', '{"type":1,"target":"Su'],
  ['text behind the object', '{"type":1,"invocationId":"1","target":"Sum","arguments":[1,2]} more'],
  [
    'an object behind the object',
    '{"type":6}{"type":1,"invocationId":"1","target":"Sum","arguments":[1,2]}',
  ],
  ['a bracket behind the object', '{"type":6}}'],
  ['text before the object', 'more {"type":6}'],
  ['a comment before the object', '/* */{"type":6}'],
  ['a comment in the object', '{"type":6/* */}'],
  ['a line comment', '{"type":6}// more'],
  ['a byte order mark', '\ufeff{"type":6}'],
  ['a comma too many in the object', '{"type":6,}'],
  [
    'a comma too many in the arguments',
    '{"type":1,"invocationId":"1","target":"Sum","arguments":[1,2,]}',
  ],
  ['a missing comma', '{"type":1 "target":"Sum"}'],
  ['a missing colon', '{"type" 6}'],
  ['single quotes', "{'type':6}"],
  ['names without quotes', '{type:6}'],
  [
    'a raw control character in a text',
    '{"type":1,"invocationId":"1","target":"Echo","arguments":["a\nb"]}',
  ],
  ['an unknown escape', '{"type":1,"invocationId":"1","target":"Echo","arguments":["\\x41"]}'],
  ['NaN', '{"type":1,"invocationId":"1","target":"Echo","arguments":[NaN]}'],
  [
    'a number with a zero before it',
    '{"type":1,"invocationId":"1","target":"Echo","arguments":[01]}',
  ],
  ['a number with a plus', '{"type":1,"invocationId":"1","target":"Echo","arguments":[+1]}'],
  [
    'a number that ends with a point',
    '{"type":1,"invocationId":"1","target":"Echo","arguments":[1.]}',
  ],
  [
    'a number that begins with a point',
    '{"type":1,"invocationId":"1","target":"Echo","arguments":[.5]}',
  ],
  // The type
  ['no type', '{"invocationId":"1","target":"Sum","arguments":[1,2]}'],
  ['a type that is null', '{"type":null}'],
  ['a type that is a text', '{"type":"1"}'],
  ['a type that is true', '{"type":true}'],
  ['a type that is an object', '{"type":{}}'],
  ['a type with a fraction', '{"type":1.5}'],
  ['a type 6.0', '{"type":6.0}'],
  ['a type 6e0', '{"type":6e0}'],
  ['a type too large for an integer', '{"type":3000000000}'],
  ['the type last', '{"arguments":[1,2],"target":"Sum","invocationId":"1","type":1}'],
  ['the type in the middle', '{"invocationId":"1","arguments":[1,2],"type":1,"target":"Sum"}'],
  [
    'the type twice, the last valid',
    '{"type":6,"type":1,"invocationId":"1","target":"Sum","arguments":[1,2]}',
  ],
  [
    'the type twice, the last unlike the members',
    '{"type":1,"invocationId":"1","target":"Sum","arguments":[1,2],"type":6}',
  ],
  ['the name of the type in another case', '{"Type":6}'],
  [
    'the name of the type with an escape',
    '{"\\u0074ype":1,"invocationId":"1","target":"Sum","arguments":[1,2]}',
  ],
  // Calls
  [
    'a call with the members turned round',
    '{"arguments":[1,2],"target":"Sum","invocationId":"1","type":1}',
  ],
  [
    'a call with the arguments first',
    '{"arguments":[1,2],"type":1,"target":"Sum","invocationId":"1"}',
  ],
  [
    'a call with unknown members',
    '{"a":1,"type":1,"b":[{}],"invocationId":"1","c":null,"target":"Sum","arguments":[1,2],"d":"x"}',
  ],
  [
    'a call with a member named like one of a prototype',
    '{"__proto__":{"type":7},"constructor":1,"type":1,"invocationId":"1","target":"Sum","arguments":[1,2]}',
  ],
  [
    'a call with headers',
    '{"type":1,"headers":{"a":"b"},"invocationId":"1","target":"Sum","arguments":[1,2]}',
  ],
  [
    'a call with empty headers',
    '{"type":1,"headers":{},"invocationId":"1","target":"Sum","arguments":[1,2]}',
  ],
  [
    'a call with headers that are null',
    '{"type":1,"headers":null,"invocationId":"1","target":"Sum","arguments":[1,2]}',
  ],
  [
    'a call with headers that are an array',
    '{"type":1,"headers":[],"invocationId":"1","target":"Sum","arguments":[1,2]}',
  ],
  [
    'a call with a header that is a number',
    '{"type":1,"headers":{"a":1},"invocationId":"1","target":"Sum","arguments":[1,2]}',
  ],
  [
    'a call with a header that is null',
    '{"type":1,"headers":{"a":null},"invocationId":"1","target":"Sum","arguments":[1,2]}',
  ],
  ['a call without an id', '{"type":1,"target":"Sum","arguments":[1,2]}'],
  ['a call with an empty id', '{"type":1,"invocationId":"","target":"Sum","arguments":[1,2]}'],
  [
    'a call with an id that is null',
    '{"type":1,"invocationId":null,"target":"Sum","arguments":[1,2]}',
  ],
  [
    'a call with an id that is a number',
    '{"type":1,"invocationId":1,"target":"Sum","arguments":[1,2]}',
  ],
  ['a call with an id of blanks', '{"type":1,"invocationId":" ","target":"Sum","arguments":[1,2]}'],
  [
    'a call with an id that needs escapes',
    '{"type":1,"invocationId":"\\"\\\\\\u001e\\ud83d\\ude00é","target":"Sum","arguments":[1,2]}',
  ],
  [
    'a call with a long id',
    `{"type":1,"invocationId":"${'i'.repeat(5_000)}","target":"Sum","arguments":[1,2]}`,
  ],
  [
    'a call with the id twice',
    '{"type":1,"invocationId":"0","invocationId":"1","target":"Sum","arguments":[1,2]}',
  ],
  ['a call without a target', '{"type":1,"invocationId":"1","arguments":[1,2]}'],
  [
    'a call with a target that is null',
    '{"type":1,"invocationId":"1","target":null,"arguments":[1,2]}',
  ],
  [
    'a call with a target that is a number',
    '{"type":1,"invocationId":"1","target":1,"arguments":[1,2]}',
  ],
  ['a call with an empty target', '{"type":1,"invocationId":"1","target":"","arguments":[1,2]}'],
  [
    'a call with the target twice',
    '{"type":1,"invocationId":"1","target":"Nothing","target":"Sum","arguments":[1,2]}',
  ],
  [
    'a call with the target twice, arguments between',
    '{"type":1,"invocationId":"1","target":"Nothing","arguments":[1,2],"target":"Sum"}',
  ],
  [
    'a call with the name of a member in another case',
    '{"type":1,"invocationId":"1","Target":"Sum","arguments":[1,2]}',
  ],
  ['a call without arguments', '{"type":1,"invocationId":"1","target":"Nothing"}'],
  [
    'a call with arguments that are null',
    '{"type":1,"invocationId":"1","target":"Nothing","arguments":null}',
  ],
  [
    'a call with arguments that are an object',
    '{"type":1,"invocationId":"1","target":"Nothing","arguments":{}}',
  ],
  [
    'a call with arguments that are a text',
    '{"type":1,"invocationId":"1","target":"Nothing","arguments":"1"}',
  ],
  [
    'a call with the arguments twice',
    '{"type":1,"invocationId":"1","target":"Sum","arguments":[5,6],"arguments":[1,2]}',
  ],
  [
    'a call with the arguments twice, the last too few',
    '{"type":1,"invocationId":"1","target":"Sum","arguments":[5,6],"arguments":[1]}',
  ],
  [
    'a call with stream ids that are null',
    '{"type":1,"invocationId":"1","target":"Sum","arguments":[1,2],"streamIds":null}',
  ],
  [
    'a call with empty stream ids',
    '{"type":1,"invocationId":"1","target":"Sum","arguments":[1,2],"streamIds":[]}',
  ],
  [
    'a call with a stream that the method does not want',
    '{"type":1,"invocationId":"1","target":"Sum","arguments":[1,2],"streamIds":["s"]}',
  ],
  [
    'a call with stream ids that are a text',
    '{"type":1,"invocationId":"1","target":"Sum","arguments":[1,2],"streamIds":"s"}',
  ],
  [
    'a call with a stream id that is a number',
    '{"type":1,"invocationId":"1","target":"Sum","arguments":[1,2],"streamIds":[1]}',
  ],
  [
    'a call with a stream id that is null',
    '{"type":1,"invocationId":"1","target":"Sum","arguments":[1,2],"streamIds":[null]}',
  ],
  [
    'a call with a result',
    '{"type":1,"invocationId":"1","target":"Sum","arguments":[1,2],"result":1}',
  ],
  [
    'a call with an error that is null',
    '{"type":1,"invocationId":"1","target":"Sum","arguments":[1,2],"error":null}',
  ],
  // Calls of streams
  ['a call of a stream without an id', '{"type":4,"target":"Count","arguments":[2,0]}'],
  [
    'a call of a stream with an empty id',
    '{"type":4,"invocationId":"","target":"Count","arguments":[2,0]}',
  ],
  ['a call of a stream without a target', '{"type":4,"invocationId":"1","arguments":[2,0]}'],
  ['a call of a stream without arguments', '{"type":4,"invocationId":"1","target":"Count"}'],
  // Items
  ['an item of an unknown stream', '{"type":2,"invocationId":"x","item":1}'],
  ['an item before the id of an unknown stream', '{"item":{"a":[1]},"invocationId":"x","type":2}'],
  ['an item without an id', '{"type":2,"item":1}'],
  ['an item with an id that is a number', '{"type":2,"invocationId":1,"item":1}'],
  ['an item of an unknown stream without an item', '{"type":2,"invocationId":"x"}'],
  ['an item with an empty id', '{"type":2,"invocationId":"","item":1}'],
  // Answers
  ['an answer to nothing', '{"type":3,"invocationId":"x"}'],
  ['an answer to nothing, with a result', '{"type":3,"invocationId":"x","result":{"a":1}}'],
  ['an answer to nothing, with an error', '{"type":3,"invocationId":"x","error":"no"}'],
  [
    'an answer to nothing, with a result and an error',
    '{"type":3,"invocationId":"x","result":1,"error":"no"}',
  ],
  [
    'an answer to nothing, with an error that is null',
    '{"type":3,"invocationId":"x","error":null}',
  ],
  [
    'an answer to nothing, with an error that is a number',
    '{"type":3,"invocationId":"x","error":1}',
  ],
  [
    'an answer to nothing, with a result that is null',
    '{"type":3,"invocationId":"x","result":null}',
  ],
  ['an answer without an id', '{"type":3,"result":1}'],
  ['an answer with an empty id', '{"type":3,"invocationId":"","result":1}'],
  // Cancellations
  ['a cancellation of nothing', '{"type":5,"invocationId":"x"}'],
  ['a cancellation without an id', '{"type":5}'],
  ['a cancellation with an empty id', '{"type":5,"invocationId":""}'],
  ['a cancellation with an id that is null', '{"type":5,"invocationId":null}'],
  ['a cancellation with headers', '{"type":5,"headers":{"a":"b"},"invocationId":"x"}'],
  // Others
  ['a ping', '{"type":6}'],
  ['a ping with members', '{"type":6,"a":1,"invocationId":"1","target":"Sum"}'],
  ['a ping with an id that is a number', '{"type":6,"invocationId":1}'],
  ['a close', '{"type":7}'],
  ['a close with an error', '{"type":7,"error":"mine"}'],
  ['a close with an error that is null', '{"type":7,"error":null}'],
  ['a close with an error that is a number', '{"type":7,"error":1}'],
  ['a close with an empty error', '{"type":7,"error":""}'],
  ['a close that allows to reconnect', '{"type":7,"allowReconnect":true}'],
  ['a close whose allowReconnect is a text', '{"type":7,"allowReconnect":"true"}'],
  ['a close whose allowReconnect is null', '{"type":7,"allowReconnect":null}'],
  ['an acknowledgement', '{"type":8,"sequenceId":1}'],
  ['an acknowledgement without a number', '{"type":8}'],
  ['an acknowledgement with a text', '{"type":8,"sequenceId":"1"}'],
  ['an acknowledgement with a fraction', '{"type":8,"sequenceId":1.5}'],
  ['an acknowledgement with null', '{"type":8,"sequenceId":null}'],
  ['an acknowledgement with a large number', '{"type":8,"sequenceId":9007199254740993}'],
  ['a sequence', '{"type":9,"sequenceId":1}'],
  ['a sequence without a number', '{"type":9}'],
  ['a sequence with a text', '{"type":9,"sequenceId":"1"}'],
]

/** Calls of streams that are answered. */
const STREAMS: readonly (readonly [name: string, text: string])[] = [
  [
    'a call of a stream with the members turned round',
    '{"arguments":[2,0],"target":"Count","invocationId":"1","type":4}',
  ],
  [
    'a call of a stream with an unknown member',
    '{"type":4,"more":[],"invocationId":"1","target":"Count","arguments":[2,0]}',
  ],
]

/** Types that nobody knows. The genuine server reads no further behind them. */
const UNKNOWN_TYPES = ['0', '10', '-1', '99', '2147483647', '2147483648'] as const

/** A value that is nested so many times. */
function nested(levels: number): string {
  return '['.repeat(levels) + ']'.repeat(levels)
}

export const jsonRecords: readonly Conversation[] = [
  ...RECORDS.map(([name, text]) => talk(`json: ${name}`, [connect(), raw(text + END)])),
  ...STREAMS.map(([name, text]) => talk(`json: ${name}`, [connect(), raw(text + END), receive(3)])),
  ...UNKNOWN_TYPES.map((type) =>
    talk(`json: type ${type}`, [
      connect(),
      raw(`{"type":${type}}${END}`),
      { do: 'fence', on: 'a', ms: 1_500 },
    ]),
  ),
  ...[61, 62, 63, 64, 65].map((levels) =>
    talk(`json: an argument of ${levels} levels`, [
      connect(),
      raw(`{"type":1,"invocationId":"1","target":"Echo","arguments":[${nested(levels)}]}${END}`),
    ]),
  ),
  ...[62, 63, 64, 65].map((levels) =>
    talk(`json: an unknown member of ${levels} levels`, [
      connect(),
      raw(`{"type":6,"more":${nested(levels)}}${END}`),
    ]),
  ),
  ...(
    [
      ['no type', '{}'],
      ['no JSON', 'hello'],
      ['an array', '[]'],
      ['a type that is a text', '{"type":"1"}'],
      ['a call without a target', '{"type":1,"invocationId":"1","arguments":[]}'],
      ['a call without arguments', '{"type":1,"invocationId":"1","target":"Nothing"}'],
      [
        'a call with an id that is a number',
        '{"type":1,"invocationId":1,"target":"Nothing","arguments":[]}',
      ],
      ['a call with a target that is a number', '{"type":1,"target":1,"arguments":[]}'],
      ['a call with arguments that are an object', '{"type":1,"target":"Nothing","arguments":{}}'],
      ['a call of a stream without an id', '{"type":4,"target":"Count","arguments":[2,0]}'],
      ['an item without an id', '{"type":2,"item":1}'],
      ['an answer without an id', '{"type":3}'],
      [
        'an answer with a result and an error',
        '{"type":3,"invocationId":"x","result":1,"error":"no"}',
      ],
      ['a cancellation without an id', '{"type":5}'],
      [
        'a header that is a number',
        '{"type":1,"headers":{"a":1},"target":"Nothing","arguments":[]}',
      ],
    ] as const
  ).map(([name, text]) =>
    talk(`json: in detail, ${name}`, [connect({ path: '/hub/detailed' }), raw(text + END)]),
  ),
]
