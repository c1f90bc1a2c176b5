import {
  both,
  call,
  connect,
  fence,
  joined,
  on,
  ping,
  receive,
  send,
  stream,
  tell,
} from '../conversation/build.ts'
import type { Conversation } from '../conversation/step.ts'

/** The numbers from 0. */
function upTo<T>(count: number, make: (i: number) => T): readonly T[] {
  return Array.from({ length: count }, (_, i) => make(i))
}

export const calls: readonly Conversation[] = [
  // Kinds of calls
  ...both('calls: one', [connect(), send(call('Sum', [1, 2])), receive()]),
  ...both('calls: one that returns nothing', [connect(), send(call('Nothing')), receive()]),
  ...both('calls: one that wants no answer', [connect(), send(tell('Nothing'))]),
  ...both('calls: one that wants no answer and fails', [connect(), send(tell('FailHub', ['no']))]),
  ...both('calls: one that wants no answer of an unknown method', [
    connect(),
    send(tell('Nobody')),
  ]),
  ...both('calls: one that wants no answer with wrong arguments', [
    connect(),
    send(tell('Sum', ['x'])),
  ]),
  ...both('calls: a stream by a call', [connect(), send(call('Count', [2, 0]))]),
  ...both('calls: a method by a call of a stream', [connect(), send(stream('Sum', [1, 2]))]),
  ...both('calls: an unknown method by a call of a stream', [connect(), send(stream('Nobody'))]),
  ...both('calls: a stream by a call that wants no answer', [
    connect(),
    send(tell('Count', [2, 0])),
  ]),
  ...both('calls: an id twice', [
    connect(),
    send(call('Sum', [1, 2], 'x'), call('Sum', [3, 4], 'x')),
    receive(2),
  ]),
  ...both('calls: an id twice at the same time', [
    connect({ path: '/hub/parallel' }),
    send(call('Delay', [300, 'slow'], 'x'), call('Delay', [0, 'fast'], 'x')),
    receive(2),
  ]),
  ...both('calls: an id of any letters', [
    connect(),
    send(call('Sum', [1, 2], 'é😀 "\\/')),
    receive(),
  ]),

  // Order
  ...both('order: a slow call first', [
    connect(),
    send(call('Delay', [200, 'slow'], '1'), call('Delay', [0, 'fast'], '2')),
    receive(2),
  ]),
  ...both('order: of calls that want no answer', [
    connect(),
    send(...upTo(20, (i) => tell('Append', ['$key', i]))),
    send(call('Recorded', ['$key'])),
    receive(),
  ]),
  ...both('order: of calls in one frame', [
    connect(),
    joined(...upTo(20, (i) => tell('Append', ['$key', i])), call('Recorded', ['$key'])),
    receive(),
  ]),
  ...both('order: one call at a time', [
    connect(),
    joined(...upTo(6, (i) => call('Overlap', [20, '$key'], `${i}`))),
    receive(6),
    send(call('MaxOverlap', ['$key'], 'm')),
  ]),
  ...both('order: a fast call beside a slow one', [
    connect({ path: '/hub/parallel' }),
    send(call('Delay', [400, 'slow'], '1'), call('Delay', [0, 'fast'], '2')),
    receive(2),
  ]),
  ...both('order: a fifth call waits for one of four', [
    connect({ path: '/hub/parallel' }),
    send(
      call('Delay', [900, 'd'], '4'),
      call('Delay', [700, 'c'], '3'),
      call('Delay', [500, 'b'], '2'),
      call('Delay', [250, 'a'], '1'),
      call('Delay', [0, 'e'], '5'),
    ),
    receive(5),
  ]),
  ...both('order: a call behind a slow one that wants no answer', [
    connect(),
    send(tell('Delay', [200, 'x']), call('Sum', [1, 2])),
    receive(),
  ]),
  ...both('order: two connections do not wait for each other', [
    connect(),
    on('b', connect()),
    send(call('Delay', [500, 'slow'])),
    on('b', send(call('Delay', [0, 'fast'])), receive()),
    receive(),
  ]),
  ...both('order: a failed call lets the next one run', [
    connect(),
    send(call('Fail', ['no'], '1'), call('Sum', [1, 2], '2')),
    receive(2),
  ]),
  ...both('order: an unknown method behind a slow call', [
    connect(),
    send(
      call('Delay', [200, 'slow'], '1'),
      call('Nobody', [], '2'),
      call('Sum', ['x'], '3'),
      call('Sum', [1, 2], '4'),
    ),
    receive(4),
  ]),
  ...both('order: a call of a stream behind a slow call', [
    connect(),
    send(call('Delay', [200, 'slow'], '1'), stream('Count', [1, 0], '2')),
    receive(3),
  ]),
  ...both('order: messages to the caller stand before the answer', [
    connect(),
    send(call('Burst', [5])),
    receive(6),
  ]),
  ...both('order: many messages to the caller', [
    connect(),
    send(call('Burst', [50])),
    receive(51),
  ]),
  ...both('order: a message from outside comes after the answer', [
    connect(),
    send(call('Outside', [100, '$key'])),
    receive(2),
  ]),
  ...both('order: a ping behind a slow call', [
    connect(),
    send(call('Delay', [100, 'x']), ping, call('Sum', [1, 2], '2')),
    receive(2),
  ]),

  // Errors
  ...both('errors: an ordinary one', [connect(), send(call('Fail', ['secret'])), receive()]),
  ...both('errors: one for the client', [connect(), send(call('FailHub', ['told'])), receive()]),
  ...both('errors: an empty one for the client', [
    connect(),
    send(call('FailHub', [''])),
    receive(),
  ]),
  ...both('errors: one for the client of null', [
    connect(),
    send(call('FailHub', [null])),
    receive(),
  ]),
  ...both('errors: one for the client that needs escapes', [
    connect(),
    send(call('FailHub', ['"é"\n\u001e😀'])),
    receive(),
  ]),
  ...both('errors: the name of the method as it was declared', [
    connect(),
    send(
      call('faiL', ['x'], '1'),
      call('failhub', ['x'], '2'),
      call('sUM', ['x'], '3'),
      call('nobODY', [], '4'),
    ),
    receive(4),
  ]),
  ...both('errors: in detail, an ordinary one', [
    connect({ path: '/hub/detailed' }),
    send(call('Fail', ['secret'])),
    receive(),
  ]),
  ...both('errors: in detail, one for the client', [
    connect({ path: '/hub/detailed' }),
    send(call('FailHub', ['told'])),
    receive(),
  ]),
  ...both('errors: in detail, too few arguments', [
    connect({ path: '/hub/detailed' }),
    send(call('Sum', [1])),
    receive(),
  ]),
  ...both('errors: in detail, arguments that do not fit', [
    connect({ path: '/hub/detailed' }),
    send(call('Sum', ['x', 1])),
    receive(),
  ]),
  ...both('errors: in detail, an unknown method', [
    connect({ path: '/hub/detailed' }),
    send(call('Nobody')),
    receive(),
  ]),
  ...both('errors: in detail, a stream by a call', [
    connect({ path: '/hub/detailed' }),
    send(call('Count', [2, 0])),
    receive(),
  ]),
  ...both('errors: in detail, a method by a call of a stream', [
    connect({ path: '/hub/detailed' }),
    send(stream('Sum', [1, 2])),
    receive(),
  ]),

  // The connection
  ...both('connection: its id', [connect(), send(call('ConnectionId')), receive()]),
  ...both('connection: its transport', [connect(), send(call('Transport')), receive()]),
  ...both('connection: what it remembers', [
    connect(),
    send(
      call('Remember', ['a', { x: [1, 'b'] }], '1'),
      call('Recall', ['a'], '2'),
      call('Recall', ['b'], '3'),
    ),
    receive(3),
  ]),
  ...both('connection: others do not know what it remembers', [
    connect(),
    on('b', connect()),
    send(call('Remember', ['a', 1])),
    receive(),
    on('b', send(call('Recall', ['a'])), receive()),
  ]),
  ...both('connection: its headers', [
    connect({ headers: { 'x-probe': 'value' } }),
    send(
      call('Header', ['x-probe'], '1'),
      call('Header', ['X-PROBE'], '2'),
      call('Header', ['x-none'], '3'),
    ),
    receive(3),
  ]),
  ...both('connection: its query', [
    connect({ query: 'probe=a%20b%2B&empty=' }),
    send(
      call('Query', ['probe'], '1'),
      call('Query', ['PROBE'], '2'),
      call('Query', ['empty'], '3'),
      call('Query', ['none'], '4'),
    ),
    receive(4),
  ]),
  ...both('connection: it is counted', [
    connect({ query: 'key=$key' }),
    send(call('Lifecycle', ['$key'])),
    receive(),
    fence(),
  ]),
]
