import {
  answer,
  awaitPing,
  begin,
  call,
  connect,
  cut,
  ended,
  hex,
  on,
  quiet,
  raw,
  receive,
  request,
  send,
  stream,
  talk,
  unanswered,
  until,
  wait,
  watched,
} from '../conversation/build.ts'
import {
  END,
  EVENTS,
  get,
  HANDSHAKE,
  NEGOTIATE,
  PLACE,
  post,
  remove,
  SUM,
} from '../conversation/requests.ts'
import type { Conversation, Step } from '../conversation/step.ts'
import { writeRecord } from '../wire/record.ts'

const KEYED = { transport: 'long-polling', query: 'key=$key' } as const
/** Where a connection is whose end is told to others. */
const PLACE_KEYED = `${PLACE}&key=$key`
const SLOW = { slow: true }

/** Opens a connection by a poll, and makes its handshake. */
const keyed: readonly Step[] = [
  NEGOTIATE,
  get(PLACE_KEYED),
  post(HANDSHAKE, {}, PLACE_KEYED),
  get(PLACE_KEYED),
]

export const longPollingEnds: readonly Conversation[] = [
  // DELETE
  talk('polls: DELETE before the first one', [NEGOTIATE, remove(), get(), post(HANDSHAKE), get()]),
  talk('polls: DELETE', [...keyed, remove(PLACE_KEYED), ...watched('[1,1,null]')]),
  talk('polls: DELETE before the handshake', [
    NEGOTIATE,
    get(PLACE_KEYED),
    remove(PLACE_KEYED),
    ...watched('[0,0,null]'),
  ]),
  talk('polls: DELETE while one waits', [
    ...keyed,
    begin('p', 'GET', PLACE_KEYED),
    unanswered('p'),
    remove(PLACE_KEYED),
    answer('p'),
    ...watched('[1,1,null]'),
  ]),
  talk('polls: DELETE during a call', [
    ...keyed,
    post(writeRecord('json', call('Delay', [300, 'x'])), {}, PLACE_KEYED),
    remove(PLACE_KEYED),
    ...watched('[1,1,null]'),
  ]),
  talk('polls: DELETE during a stream', [
    ...keyed,
    post(writeRecord('json', stream('Forever', [60_000, '$key'])), {}, PLACE_KEYED),
    remove(PLACE_KEYED),
    ...watched('[1,1,null]'),
    on('watch', until('Ended', ['$key'], 'true')),
  ]),
  talk('polls: DELETE within a record', [
    ...keyed,
    post('{"type":1,"invocationId":"1","tar', {}, PLACE_KEYED),
    wait(400),
    remove(PLACE_KEYED),
    ...watched('[1,1,"Connection terminated while reading a message."]'),
  ]),
  ...(
    [
      ['a poll', 'GET', {}],
      ['a POST', 'POST', { body: SUM }],
      ['events', 'GET', EVENTS],
      ['a second DELETE', 'DELETE', {}],
      ['PUT', 'PUT', {}],
    ] as const
  ).map(([name, method, options]) =>
    talk(`polls: ${name} after DELETE`, [
      ...keyed,
      remove(PLACE_KEYED),
      ...watched('[1,1,null]'),
      request(method, PLACE_KEYED, { as: 'x', ...options }),
    ]),
  ),
  talk('polls: a WebSocket after DELETE', [
    ...keyed,
    remove(PLACE_KEYED),
    ...watched('[1,1,null]'),
    on('b', connect({ negotiate: false, query: 'id=$n.token' })),
  ]),

  // Ends
  talk('polls: a close record', [
    ...keyed,
    post(`{"type":7}${END}`, {}, PLACE_KEYED),
    get(PLACE_KEYED),
    get(PLACE_KEYED),
    get(PLACE_KEYED),
    ...watched('[1,1,null]'),
  ]),
  talk('polls: a close record while one waits', [
    ...keyed,
    begin('p', 'GET', PLACE_KEYED),
    unanswered('p'),
    post(`{"type":7}${END}`, {}, PLACE_KEYED),
    answer('p'),
    get(PLACE_KEYED),
    get(PLACE_KEYED),
    ...watched('[1,1,null]'),
  ]),
  talk('polls: an end by the server', [
    ...keyed,
    post(`{"type":1,"target":"Abort","arguments":[]}${END}`, {}, PLACE_KEYED),
    get(PLACE_KEYED),
    get(PLACE_KEYED),
    get(PLACE_KEYED),
    ...watched('[1,1,null]'),
  ]),
  talk('polls: a POST of nonsense', [
    ...keyed,
    post(`hello${END}`, {}, PLACE_KEYED),
    get(PLACE_KEYED),
    get(PLACE_KEYED),
    get(PLACE_KEYED),
    ...watched('[1,1,"Error reading JSON."]'),
  ]),
  talk('polls: a POST of nonsense in MessagePack', [
    connect({ ...KEYED, encoding: 'messagepack' }),
    raw(hex('00')),
    ended(),
  ]),
  talk('polls: a refused handshake', [
    NEGOTIATE,
    get(),
    post(`{"protocol":"xml","version":1}${END}`),
    get(),
    get(),
    get(),
  ]),
  talk('polls: a hub that is denied to all', [
    request('POST', '/hub/denied/negotiate?negotiateVersion=1'),
    get('/hub/denied?id=$n.token'),
    post(HANDSHAKE, {}, '/hub/denied?id=$n.token'),
    wait(1_000),
    get('/hub/denied?id=$n.token'),
    get('/hub/denied?id=$n.token'),
    get('/hub/denied?id=$n.token'),
  ]),
  talk(
    'polls: a client that polls no more',
    [
      connect(KEYED),
      cut(),
      wait(10_000),
      on('watch', connect(), until('Lifecycle', ['$key'], '[1,0,null]')),
      wait(6_000),
      on('watch', until('Lifecycle', ['$key'], '[1,1,null]')),
      request('GET', '/hub?id=$a.token', { as: 'x' }),
    ],
    SLOW,
  ),
  talk(
    'polls: a client that never polls again',
    [
      NEGOTIATE,
      get(PLACE_KEYED),
      post(HANDSHAKE, {}, PLACE_KEYED),
      wait(14_000),
      ...watched('[1,1,null]'),
      post(SUM, {}, PLACE_KEYED),
      get(PLACE_KEYED),
    ],
    SLOW,
  ),
  talk(
    'polls: a connection that is never opened',
    [NEGOTIATE, post(HANDSHAKE), wait(17_500), get(), post(HANDSHAKE)],
    SLOW,
  ),

  // Keep-alive
  talk(
    'polls: no pings while nothing is said',
    [connect({ transport: 'long-polling', path: '/hub/quick' }), awaitPing(0, 5_000)],
    SLOW,
  ),
  talk(
    'polls: a client that falls silent after a ping',
    [
      connect({ ...KEYED, path: '/hub/quick' }),
      send({ type: 6 }),
      quiet(8_000),
      on('watch', connect(), send(call('Lifecycle', ['$key'])), receive()),
    ],
    SLOW,
  ),
  talk(
    'polls: a client that polls but never pings',
    [connect({ ...KEYED, path: '/hub/quick' }), wait(4_500), send(call('Sum', [1, 2])), receive()],
    SLOW,
  ),
]
