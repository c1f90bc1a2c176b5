import {
  both,
  call,
  connect,
  ended,
  hex,
  joined,
  on,
  raw,
  receive,
  send,
  talk,
  until,
} from '../conversation/build.ts'
import type { Conversation } from '../conversation/step.ts'

const END = '\u001e'

/** What a client sends first, without the separator. */
const FIRST: readonly (readonly [name: string, text: string])[] = [
  ['JSON', '{"protocol":"json","version":1}'],
  ['the members in the other order', '{"version":1,"protocol":"json"}'],
  ['white space', ' { "protocol" : "json" ,\r\n\t"version" : 1 } '],
  ['an unknown member', '{"protocol":"json","version":1,"more":{"a":[1,2]}}'],
  ['an unknown member first', '{"more":null,"protocol":"json","version":1}'],
  ['the name of the protocol in another case', '{"protocol":"JSON","version":1}'],
  ['the name of a member in another case', '{"Protocol":"json","version":1}'],
  ['an unknown protocol', '{"protocol":"xml","version":1}'],
  ['an empty protocol', '{"protocol":"","version":1}'],
  ['a protocol that needs escapes', '{"protocol":"\\u006ason","version":1}'],
  ['a name of a member with an escape', '{"\\u0070rotocol":"json","version":1}'],
  ['the protocol twice, the last known', '{"protocol":"xml","protocol":"json","version":1}'],
  ['the protocol twice, the last unknown', '{"protocol":"json","protocol":"xml","version":1}'],
  ['the version twice', '{"protocol":"json","version":3,"version":1}'],
  ['no protocol', '{"version":1}'],
  ['no version', '{"protocol":"json"}'],
  ['an empty object', '{}'],
  ['a protocol that is null', '{"protocol":null,"version":1}'],
  ['a protocol that is a number', '{"protocol":1,"version":1}'],
  ['a version that is a text', '{"protocol":"json","version":"1"}'],
  ['a version that is null', '{"protocol":"json","version":null}'],
  ['a version with a fraction', '{"protocol":"json","version":1.5}'],
  ['a version 1.0', '{"protocol":"json","version":1.0}'],
  ['a version 1e0', '{"protocol":"json","version":1e0}'],
  ['version 0', '{"protocol":"json","version":0}'],
  ['version -1', '{"protocol":"json","version":-1}'],
  ['version 2', '{"protocol":"json","version":2}'],
  ['version 3', '{"protocol":"json","version":3}'],
  ['a version too large for an integer', '{"protocol":"json","version":3000000000}'],
  ['an array', '["json",1]'],
  ['a number', '1'],
  ['null', 'null'],
  ['nothing', ''],
  ['an object that ends too early', '{"protocol":"json","version":1'],
  ['text behind the object', '{"protocol":"json","version":1} more'],
  [
    'a second object behind the first',
    '{"protocol":"json","version":1}{"protocol":"xml","version":1}',
  ],
  ['a comment', '/* */{"protocol":"json","version":1}'],
  ['a byte order mark', '\ufeff{"protocol":"json","version":1}'],
  ['a comma too many', '{"protocol":"json","version":1,}'],
  ['single quotes', "{'protocol':'json','version':1}"],
  ['a call instead', '{"type":1,"target":"Nothing","arguments":[]}'],
  ['a ping instead', '{"type":6}'],
]

export const handshake: readonly Conversation[] = [
  ...FIRST.map(([name, text]) => talk(`handshake: ${name}`, [connect({ handshake: text + END })])),
  talk('handshake: MessagePack in a binary frame', [connect({ encoding: 'messagepack' })]),
  talk('handshake: MessagePack in a text frame', [
    connect({ encoding: 'messagepack', handshake: '' }),
    raw(`{"protocol":"messagepack","version":1}${END}`),
    receive(),
  ]),
  talk('handshake: MessagePack in another case', [
    connect({ encoding: 'messagepack', handshake: `{"protocol":"MessagePack","version":1}${END}` }),
  ]),
  talk('handshake: MessagePack of version 2', [
    connect({ encoding: 'messagepack', handshake: `{"protocol":"messagepack","version":2}${END}` }),
  ]),
  talk('handshake: MessagePack of version 3', [
    connect({ encoding: 'messagepack', handshake: `{"protocol":"messagepack","version":3}${END}` }),
  ]),
  talk('handshake: JSON in a binary frame', [
    connect({ handshake: '' }),
    raw(Buffer.from(`{"protocol":"json","version":1}${END}`)),
    receive(),
  ]),
  talk('handshake: with a call in the same frame', [
    connect({ handshake: '' }),
    raw(
      `{"protocol":"json","version":1}${END}{"type":1,"invocationId":"1","target":"Sum","arguments":[1,2]}${END}`,
    ),
    receive(2),
  ]),
  talk('handshake: with half a call in the same frame', [
    connect({ handshake: '' }),
    raw(
      `{"protocol":"json","version":1}${END}{"type":1,"invocationId":"1","tar`,
      `get":"Sum","arguments":[1,2]}${END}`,
    ),
    receive(2),
  ]),
  talk('handshake: with a call of MessagePack in the same frame', [
    connect({ encoding: 'messagepack', handshake: '' }),
    raw(
      Buffer.concat([
        Buffer.from(`{"protocol":"messagepack","version":1}${END}`),
        hex('0d 96 01 80 a1 31 a3 53756d 92 01 02 90'),
      ]),
    ),
    receive(2),
  ]),
  talk('handshake: a call right behind it, before the answer', [
    connect({ handshake: '' }),
    raw(`{"protocol":"json","version":1}${END}`),
    send(call('Sum', [1, 2])),
    receive(2),
  ]),
  talk('handshake: in many frames', [
    connect({ handshake: '' }),
    raw(...`{"protocol":"json","version":1}${END}`),
    receive(),
  ]),
  talk('handshake: a second one', [
    connect(),
    raw(`{"protocol":"json","version":1}${END}`),
    ended(),
  ]),
  talk('handshake: an empty frame first', [
    connect({ handshake: '' }),
    raw('', `{"protocol":"json","version":1}${END}`),
    receive(),
  ]),
  talk('handshake: invalid UTF-8 in a binary frame', [
    connect({ handshake: '' }),
    raw(hex('7b ff 7d 1e')),
    receive(),
  ]),
  talk('handshake: binary rubbish', [
    connect({ handshake: '' }),
    raw(hex('00 01 02 1e')),
    receive(),
  ]),
  talk('handshake: none', [connect({ path: '/hub/quick', handshake: '' }), ended(1_400, 4_500)], {
    slow: true,
  }),
  talk(
    'handshake: half of one',
    [connect({ path: '/hub/quick', handshake: '' }), raw('{"protocol":'), ended(1_400, 4_500)],
    { slow: true },
  ),
  talk('handshake: 32,768 bytes that do not end', [
    connect({ handshake: '' }),
    raw('x'.repeat(32_768)),
    raw('x'),
    receive(2),
  ]),
  talk('handshake: of 32,768 bytes', [
    connect({ handshake: `{"protocol":"json","version":1}${' '.repeat(32_768 - 32)}${END}` }),
  ]),
  talk('handshake: of 32,769 bytes', [
    connect({ handshake: `{"protocol":"json","version":1}${' '.repeat(32_769 - 32)}${END}` }),
  ]),
  talk('handshake: with an unknown protocol of 1,000 letters', [
    connect({ handshake: `{"protocol":"${'x'.repeat(1_000)}","version":1}${END}` }),
  ]),
  talk('handshake: one that fails is no connection of the hub', [
    connect({ query: 'key=$key', handshake: `{"protocol":"xml","version":1}${END}` }),
    ended(),
    on('b', connect(), until('Lifecycle', ['$key'], '[0,0,null]')),
  ]),
  ...both('handshake: a connection that is denied', [
    connect({ path: '/hub/denied', query: 'key=$key' }),
    ended(),
    on('b', connect(), until('Lifecycle', ['$key'], '[1,0,null]')),
  ]),
  talk('handshake: a call to a hub that denies', [
    connect({ path: '/hub/denied', handshake: '' }),
    raw(
      `{"protocol":"json","version":1}${END}{"type":1,"invocationId":"1","target":"Sum","arguments":[1,2]}${END}`,
    ),
    ended(),
  ]),
  ...(
    [
      ['no version', '{"protocol":"json"}'],
      ['no protocol', '{"version":1}'],
      ['a version that is a text', '{"protocol":"json","version":"1"}'],
      ['a protocol that is a number', '{"protocol":1,"version":1}'],
      ['an array', '[]'],
      ['no JSON', 'hello'],
      ['version 3', '{"protocol":"json","version":3}'],
      ['an unknown protocol', '{"protocol":"xml","version":1}'],
    ] as const
  ).map(([name, text]) =>
    talk(`handshake: in detail, ${name}`, [
      connect({ path: '/hub/detailed', handshake: text + END }),
    ]),
  ),
  talk('handshake: both encodings at the same hub', [
    connect(),
    on('b', connect({ encoding: 'messagepack' })),
    joined(call('Sum', [1, 2])),
    on('b', joined(call('Sum', [3, 4]))),
  ]),
]
