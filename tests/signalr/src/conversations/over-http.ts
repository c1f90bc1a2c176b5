import {
  call,
  cancel,
  closing,
  completion,
  connect,
  ended,
  fence,
  item,
  joined,
  on,
  overHttp,
  pause,
  ping,
  raw,
  receive,
  request,
  send,
  split,
  stream,
  talk,
  tell,
  until,
  watched,
} from '../conversation/build.ts'
import { END } from '../conversation/requests.ts'
import type { Conversation } from '../conversation/step.ts'
import { binary } from '../wire/message-pack.ts'

const KEYED = { query: 'key=$key' }
const AUTH = '/hub/auth'
const HEADER = { authorization: 'Bearer probe.ada' }
const DETAILED = { path: '/hub/detailed' }

/** A WebSocket beside it. */
const beside = connect({ transport: 'web-sockets' })

export const overEachHttp: readonly Conversation[] = [
  // Calls
  ...overHttp('a call', [connect(), send(call('Sum', [1, 2])), receive()]),
  ...overHttp('the name of the transport', [connect(), send(call('Transport')), receive()]),
  ...overHttp('a call without a result', [connect(), send(call('Nothing')), receive()]),
  ...overHttp('bytes', [connect(), send(call('Bytes', [binary('010203ff')])), receive()]),
  ...overHttp('letters of many scripts', [
    connect(),
    send(call('Echo', ['å∫ç ☃ 漢字'])),
    receive(),
  ]),
  ...overHttp('a call that wants no answer', [
    connect(),
    send(tell('Append', ['$key', 1]), call('Recorded', ['$key'])),
    receive(),
  ]),
  ...overHttp('calls in their order', [
    connect(),
    send(
      tell('Append', ['$key', 1]),
      tell('Append', ['$key', 2]),
      tell('Append', ['$key', 3]),
      call('Recorded', ['$key']),
    ),
    receive(),
  ]),
  ...overHttp('a slow call before a quick one', [
    connect(),
    send(call('Delay', [200, 'slow'], '1'), call('Sum', [1, 2], '2')),
    receive(2),
  ]),
  ...overHttp('a result of 200,000 bytes', [connect(), send(call('Big', [200_000])), receive()]),
  ...overHttp('twenty records before a result', [
    connect(),
    send(call('Burst', [20])),
    receive(21),
  ]),

  // Errors
  ...overHttp('an error', [connect(), send(call('Fail', ['no'])), receive()]),
  ...overHttp('an error in detail', [connect(DETAILED), send(call('Fail', ['no'])), receive()]),
  ...overHttp('an error for the client', [connect(), send(call('FailHub', ['no'])), receive()]),
  ...overHttp('an unknown method', [connect(), send(call('Nowhere')), receive()]),
  ...overHttp('too few arguments', [connect(), send(call('Sum', [1])), receive()]),

  // Streams
  ...overHttp('a stream', [connect(), send(stream('Count', [3, 20])), receive(4)]),
  ...overHttp('a stream of twenty items', [connect(), send(stream('Count', [20, 0])), receive(21)]),
  ...overHttp('a stream that fails', [
    connect(),
    send(stream('CountThenFail', [2, 'no'])),
    receive(3),
  ]),
  ...overHttp('a stream that is cancelled', [
    connect(),
    send(stream('Forever', [60_000, '$key'], 's')),
    fence(),
    send(cancel('s')),
    receive(),
    until('Ended', ['$key'], 'true'),
  ]),
  ...overHttp('an upload', [
    connect(),
    send(call('UploadSum', [], '1', ['u']), item('u', 1), item('u', 2), completion('u')),
    receive(),
  ]),
  ...overHttp('an upload in one POST', [
    connect(),
    joined(call('UploadSum', [], '1', ['u']), item('u', 1), item('u', 2), completion('u')),
    receive(),
  ]),
  ...overHttp('an upload that comes back', [
    connect(),
    send(stream('EchoStream', [], '1', ['u']), item('u', 'x')),
    receive(),
    send(item('u', 'y'), completion('u')),
    receive(2),
  ]),

  // Calls of the server
  ...overHttp('an answer of the client', [
    connect(),
    send(call('AskCaller', ['who?'])),
    receive(),
    send(completion('$a.asked', { result: 'me' })),
    receive(),
  ]),
  ...overHttp('an error of the client', [
    connect(),
    send(call('AskCaller', ['who?'])),
    receive(),
    send(completion('$a.asked', { error: 'not now' })),
    receive(),
  ]),
  ...overHttp('a question from a WebSocket', [
    connect(),
    on('b', beside, send(call('AskConnection', ['$a.id', 'who?']))),
    receive(),
    send(completion('$a.asked', { result: 'me' })),
    on('b', receive()),
  ]),
  ...overHttp('a record of a WebSocket', [
    connect(),
    on('b', beside, send(call('SendTo', ['$a.id', 'tag'])), receive()),
    receive(),
  ]),
  ...overHttp('a record to a WebSocket', [
    connect(),
    on('b', beside),
    send(call('SendTo', ['$b.id', 'tag'])),
    receive(),
    on('b', receive()),
  ]),
  ...overHttp('a group beside a WebSocket', [
    connect(),
    send(call('Join', ['$key'])),
    receive(),
    on('b', beside, send(call('Join', ['$key'])), receive()),
    on('b', send(call('SendOthersInGroup', ['$key', 'b']))),
    receive(),
    on('b', receive()),
    send(call('SendOthersInGroup', ['$key', 'a'])),
    receive(),
    on('b', receive()),
  ]),
  ...overHttp('a user beside a WebSocket', [
    connect({ query: 'user=$key' }),
    on('b', connect({ transport: 'web-sockets', query: 'user=$key' })),
    on('b', send(call('SendUser', ['$key', 'tag'])), receive(2)),
    receive(),
  ]),
  ...overHttp('a record later, from outside', [
    connect(),
    send(call('Outside', [150, 'late'])),
    receive(2),
  ]),
  ...overHttp('ten records for a client that rests', [
    connect(),
    send(call('Burst', [10])),
    pause(200),
    receive(11),
  ]),

  // POSTs
  ...overHttp('a call in POSTs of 7 bytes', [connect(), split(7, call('Sum', [1, 2])), receive()]),
  ...(
    [
      ['events', 'server-sent-events'],
      ['polls', 'long-polling'],
    ] as const
  ).map(([prefix, transport]) =>
    talk(`${prefix}: a call in POSTs that cut its letters`, [
      connect({ transport }),
      raw(...inHalves('å∫ç☃')),
      receive(),
    ]),
  ),
  ...overHttp('three calls in one POST', [
    connect(),
    joined(call('Sum', [1, 2], '1'), call('Sum', [3, 4], '2'), call('Sum', [5, 6], '3')),
    receive(3),
  ]),
  ...overHttp('three calls in POSTs across their bounds', [
    connect(),
    split(40, call('Sum', [1, 2], '1'), call('Sum', [3, 4], '2'), call('Sum', [5, 6], '3')),
    receive(3),
  ]),
  ...overHttp('fifty calls in one POST', [
    connect(),
    joined(...Array.from({ length: 50 }, (_, index) => call('Echo', [index], String(index)))),
    receive(50),
  ]),
  ...overHttp('a record of 30,000 bytes', [
    connect(),
    send(call('Echo', ['x'.repeat(30_000)])),
    receive(),
  ]),
  ...overHttp('a record beyond the bound', [
    connect(),
    send(call('Echo', ['x'.repeat(40_000)])),
    ended(),
  ]),
  ...overHttp('a POST of 250,000 bytes', [
    connect(),
    joined(
      ...Array.from({ length: 10 }, (_, index) =>
        call('Echo', ['x'.repeat(25_000)], String(index)),
      ),
    ),
    receive(10),
  ]),
  ...overHttp('a ping in a POST', [connect(), send(ping), send(call('Sum', [1, 2])), receive()]),

  // The handshake
  ...overHttp('a handshake for an unknown protocol', [
    connect({ handshake: `{"protocol":"xml","version":1}${END}` }),
    ended(),
  ]),
  ...overHttp('a handshake for an unknown version', [
    connect({ handshake: `{"protocol":"json","version":3}${END}` }),
    ended(),
  ]),
  ...overHttp('a handshake that is no JSON', [connect({ handshake: `hello${END}` }), ended()]),
  ...overHttp(
    'no handshake in time',
    [connect({ path: '/hub/quick', handshake: '' }), ended(1_000, 8_000)],
    { slow: true },
  ),
  talk('events: a handshake for MessagePack', [
    connect({
      transport: 'server-sent-events',
      handshake: `{"protocol":"messagepack","version":1}${END}`,
    }),
    ended(),
  ]),

  // Identity
  ...overHttp('a token in the header', [
    connect({ path: AUTH, headers: HEADER }),
    send(call('UserId')),
    receive(),
  ]),
  ...overHttp('a token in the query', [
    connect({ path: AUTH, query: 'access_token=probe.ada' }),
    send(call('UserId')),
    receive(),
  ]),
  ...overHttp('headers and the query', [
    connect({ query: 'colour=blue', headers: { 'x-colour': 'green' } }),
    send(call('Query', ['colour'], '1'), call('Header', ['x-colour'], '2')),
    receive(2),
  ]),
  ...overHttp('a hub that is denied to all', [connect({ path: '/hub/denied' }), ended()]),

  // Ends
  ...overHttp('a close record', [
    connect(KEYED),
    send(closing()),
    ended(),
    ...watched('[1,1,null]'),
  ]),
  ...overHttp('a close record with an error', [
    connect(KEYED),
    send(closing({ error: 'mine' })),
    ended(),
    ...watched('[1,1,"mine"]'),
  ]),
  ...overHttp('an end by the server', [
    connect(KEYED),
    send(tell('Abort')),
    ended(),
    ...watched('[1,1,null]'),
  ]),
  ...overHttp('an end by the server during a stream', [
    connect(KEYED),
    send(stream('Forever', [60_000, '$key'], 's')),
    fence(),
    send(tell('Abort')),
    ended(),
    ...watched('[1,1,null]'),
    on('watch', until('Ended', ['$key'], 'true')),
  ]),
  ...overHttp('a POST after the end', [
    connect(KEYED),
    send(tell('Abort')),
    ended(),
    ...watched('[1,1,null]'),
    request('POST', '/hub?id=$a.token', { as: 'x', body: 'x' }),
  ]),
]

/** A call of JSON in two halves, each of which has half a letter. */
function inHalves(text: string): readonly Buffer[] {
  const record = Buffer.from(
    `{"type":1,"invocationId":"1","target":"Echo","arguments":["${text}"]}${END}`,
  )
  const middle = record.indexOf(text) + 1
  return [record.subarray(0, middle), record.subarray(middle)]
}
