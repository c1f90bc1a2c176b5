import {
  acknowledge,
  acknowledged,
  both,
  call,
  cancel,
  close,
  closing,
  completion,
  connect,
  cut,
  ended,
  fence,
  item,
  joined,
  on,
  ping,
  quiet,
  raw,
  receive,
  request,
  send,
  sequence,
  stream,
  talk,
  tell,
  until,
  wait,
} from '../conversation/build.ts'
import type { Conversation, Step } from '../conversation/step.ts'

const NEGOTIATED = 'key=$key&useStatefulReconnect=true'
const VERSION_2 = '{"protocol":"json","version":2}\u001e'

/** A connection that may come back by another WebSocket. */
const start = (): Step => connect({ query: NEGOTIATED, handshake: VERSION_2 })

/** Another WebSocket of the connection. */
const resume = (): Step =>
  connect({ negotiate: false, query: 'id=$a.token', handshake: '', resumes: true })

/** A connection that watches it, and is told how often it has begun and ended. */
const watched = (result: string): readonly Step[] =>
  on('watch', connect(), until('Lifecycle', ['$key'], result))

/** A request that is refused with 405 while the connection lives, and with 404 when it has ended. */
const ask = (): Step => request('POST', '/hub?id=$a.token')

const ALIVE = '[1,0,null]'
const POLITE = '[1,1,null]'

/** Ways to end that are no cut. */
const ENDS: readonly (readonly [name: string, steps: readonly Step[]])[] = [
  ['a close frame', [close(1000)]],
  ['a close record', [send(closing())]],
  ['a close record that wants to reconnect', [send(closing({ allowReconnect: true }))]],
  ['an error of the protocol', [raw('{"type":1}\u001e')]],
  ['the end by the server', [send(tell('Abort'))]],
]

export const reconnect: readonly Conversation[] = [
  // Numbers
  ...both('reconnect: records are acknowledged', [
    start(),
    send(call('Sum', [1, 2]), call('Sum', [3, 4], '2'), tell('Nothing')),
    receive(2),
    acknowledged(3),
  ]),
  ...both('reconnect: records of each kind are counted', [
    start(),
    send(
      call('Sum', [1, 2]),
      item('nobody', 1),
      completion('nobody', { result: 1 }),
      stream('Count', [1, 0], '2'),
      cancel('nobody'),
    ),
    receive(3),
    acknowledged(5),
  ]),
  ...both('reconnect: pings and numbers are not counted', [
    start(),
    send(ping, acknowledge(0), call('Sum', [1, 2]), ping),
    receive(),
    acknowledged(1),
  ]),
  ...both('reconnect: calls that fail are counted', [
    start(),
    send(call('Nobody'), call('Sum', ['x', 2], '2')),
    receive(2),
    acknowledged(2),
  ]),
  talk('reconnect: several records of one frame are counted', [
    start(),
    joined(call('Sum', [1, 2]), call('Sum', [3, 4], '2'), call('Sum', [5, 6], '3')),
    receive(3),
    acknowledged(3),
  ]),

  // Cuts
  ...both('reconnect: what was not acknowledged comes again', [
    start(),
    send(call('Sum', [1, 2]), call('Sum', [3, 4], '2')),
    receive(2),
    cut(),
    resume(),
    receive(3),
    send(sequence(3), call('Sum', [5, 6], '3')),
    receive(),
  ]),
  ...both('reconnect: what was acknowledged does not', [
    start(),
    send(call('Sum', [1, 2]), call('Sum', [3, 4], '2')),
    receive(2),
    send(acknowledge(1)),
    fence(),
    cut(),
    resume(),
    receive(3),
    send(sequence(4)),
  ]),
  ...both('reconnect: nothing was sent', [
    start(),
    wait(100),
    cut(),
    resume(),
    receive(),
    send(sequence(1), call('Sum', [1, 2])),
    receive(),
  ]),
  ...both('reconnect: all was acknowledged', [
    start(),
    send(call('Sum', [1, 2])),
    receive(),
    send(acknowledge(1), tell('Nothing')),
    acknowledged(2),
    cut(),
    resume(),
    receive(),
    send(sequence(3)),
  ]),
  ...both('reconnect: what the client sends again is not done again', [
    start(),
    send(tell('Append', ['$key', 1]), tell('Append', ['$key', 2])),
    fence(),
    cut(),
    resume(),
    receive(2),
    send(
      sequence(1),
      tell('Append', ['$key', 1]),
      tell('Append', ['$key', 2]),
      call('Echo', ['fence'], 'again'),
      tell('Append', ['$key', 3]),
      call('Recorded', ['$key']),
    ),
    receive(),
  ]),
  ...both('reconnect: two cuts', [
    start(),
    send(call('Sum', [1, 2])),
    receive(),
    cut(),
    resume(),
    receive(2),
    send(sequence(2), call('Sum', [3, 4], '2')),
    receive(),
    cut(),
    resume(),
    receive(3),
    send(sequence(3), call('Sum', [5, 6], '3')),
    receive(),
  ]),
  talk('reconnect: a cut before the client has said anything', [
    start(),
    send(call('Sum', [1, 2])),
    receive(),
    cut(),
    resume(),
    receive(2),
    cut(),
    resume(),
    receive(2),
    send(sequence(2)),
  ]),
  talk('reconnect: a cut within a record', [
    start(),
    raw('{"type":1,"target":"Append","argu'),
    wait(200),
    cut(),
    resume(),
    receive(),
    send(sequence(1), call('Sum', [1, 2])),
    receive(),
  ]),
  ...both('reconnect: a call goes on', [
    start(),
    send(call('Delay', [400, 'done'])),
    wait(100),
    cut(),
    resume(),
    receive(),
    send(sequence(2)),
    receive(),
  ]),
  ...both('reconnect: a call ends meanwhile', [
    start(),
    send(call('Delay', [200, 'done'])),
    wait(50),
    cut(),
    wait(500),
    resume(),
    receive(2),
    send(sequence(2)),
  ]),
  ...both('reconnect: a stream goes on', [
    start(),
    send(stream('Count', [4, 100])),
    receive(),
    cut(),
    wait(800),
    resume(),
    receive(6),
    send(sequence(2)),
  ]),
  ...both('reconnect: a stream of the client goes on', [
    start(),
    send(call('UploadSum', [], '1', ['s']), item('s', 1)),
    wait(200),
    cut(),
    resume(),
    receive(),
    send(sequence(3), item('s', 2), completion('s')),
    receive(),
  ]),
  ...both('reconnect: the answer of the client comes by another wire', [
    start(),
    send(call('AskCaller', ['who?'])),
    receive(),
    cut(),
    resume(),
    receive(2),
    send(sequence(2), completion('$a.asked', { result: 'me' })),
    receive(),
  ]),
  ...both('reconnect: it stays in its groups, and is told what they are meanwhile', [
    start(),
    send(call('Join', ['$key'])),
    receive(),
    cut(),
    on('b', connect(), send(call('SendGroup', ['$key', 'meanwhile'])), receive()),
    resume(),
    receive(3),
    send(sequence(2)),
    on('b', send(call('SendGroup', ['$key', 'after'])), receive()),
    receive(),
  ]),
  talk('reconnect: it is the same connection', [
    start(),
    send(call('ConnectionId')),
    receive(),
    cut(),
    resume(),
    receive(2),
    send(sequence(2), call('ConnectionId', [], '2')),
    receive(),
    ...watched(ALIVE),
  ]),
  talk('reconnect: nobody is told meanwhile', [
    start(),
    wait(100),
    cut(),
    wait(1_000),
    ...watched(ALIVE),
  ]),
  talk(
    'reconnect: 15 seconds after the cut it has ended',
    [start(), wait(100), cut(), wait(17_500), ask(), ...watched(POLITE)],
    { slow: true },
  ),
  talk(
    'reconnect: 12 seconds after the cut it has not',
    [start(), wait(100), cut(), wait(12_000), resume(), receive(), send(sequence(1))],
    { slow: true },
  ),

  // Numbers that cannot be, or are odd
  ...both('reconnect: a number beyond the next one', [
    start(),
    send(call('Sum', [1, 2])),
    receive(),
    cut(),
    resume(),
    receive(2),
    send(sequence(3)),
    ended(),
    ask(),
  ]),
  ...both('reconnect: a number that goes back, unasked', [
    start(),
    send(tell('Append', ['$key', 1]), sequence(1), tell('Append', ['$key', 2])),
    send(tell('Append', ['$key', 3])),
    send(call('Recorded', ['$key'])),
    receive(),
  ]),
  talk('reconnect: no number by the new wire', [
    start(),
    send(tell('Append', ['$key', 1])),
    fence(),
    cut(),
    resume(),
    receive(2),
    send(tell('Append', ['$key', 2]), call('Recorded', ['$key'])),
    receive(),
  ]),
  ...both('reconnect: an acknowledgement of what was not sent', [
    start(),
    send(call('Sum', [1, 2])),
    receive(),
    send(acknowledge(2)),
    quiet(),
  ]),
  ...both('reconnect: an acknowledgement of nothing', [
    start(),
    send(acknowledge(0), acknowledge(-1), call('Sum', [1, 2])),
    receive(),
  ]),
  ...both('reconnect: an acknowledgement that goes back', [
    start(),
    send(call('Sum', [1, 2]), call('Sum', [3, 4], '2')),
    receive(2),
    send(acknowledge(2), acknowledge(1)),
    fence(),
    cut(),
    resume(),
    receive(2),
    send(sequence(4)),
  ]),
  talk('reconnect: a handshake by the new wire', [
    start(),
    wait(100),
    cut(),
    resume(),
    receive(),
    raw(VERSION_2),
    ended(),
  ]),
  ...(['null', '"1"', '1.5', '[]', undefined] as const).map((number) =>
    talk(`reconnect: the number ${number ?? 'is missing'}`, [
      start(),
      raw(`{"type":9${number === undefined ? '' : `,"sequenceId":${number}`}}\u001e`),
      ended(),
    ]),
  ),

  // Ends
  ...ENDS.map(([name, steps]) =>
    talk(`reconnect: not after ${name}`, [start(), ...steps, ended(), ask()]),
  ),
  talk('reconnect: a second WebSocket while the first is up', [
    start(),
    send(call('Sum', [1, 2])),
    receive(),
    on('b', connect({ negotiate: false, query: 'id=$a.token', handshake: '', resumes: true })),
    ended(),
    on('b', receive(2)),
  ]),

  // Where it was not agreed on
  talk('reconnect: not in version 1', [
    connect({ query: NEGOTIATED }),
    send(call('Sum', [1, 2])),
    receive(),
    cut(),
    ...watched(POLITE),
    ask(),
  ]),
  talk('reconnect: version 2 where it was not negotiated', [
    connect({ query: 'key=$key', handshake: VERSION_2 }),
    send(call('Sum', [1, 2]), sequence(7), acknowledge(9), call('Sum', [3, 4], '2')),
    receive(2),
    cut(),
    ...watched(POLITE),
    ask(),
  ]),
  talk('reconnect: numbers in version 1', [
    connect({ query: NEGOTIATED }),
    send(sequence(7), acknowledge(9), call('Sum', [1, 2])),
    receive(),
  ]),

  // What is kept
  ...both('reconnect: a stream waits once 100,000 bytes were not acknowledged', [
    start(),
    send(stream('Flood', [16_000, '$key'])),
    receive(7),
    quiet(1_000),
    send(acknowledge(5)),
    receive(5),
    quiet(1_000),
    cut(),
  ]),
]
