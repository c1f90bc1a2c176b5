import {
  abandon,
  answer,
  begin,
  call,
  connect,
  on,
  request,
  talk,
  unanswered,
  wait,
} from '../conversation/build.ts'
import {
  END,
  EVENTS,
  get,
  HANDSHAKE,
  MANY,
  NEGOTIATE,
  PLACE,
  post,
  remove,
  SUM,
} from '../conversation/requests.ts'
import type { Conversation, Step } from '../conversation/step.ts'
import { writeRecord } from '../wire/record.ts'

const SHORT = '/hub/polls?id=$n.token'

/** Opens a connection by a poll. */
const opened: readonly Step[] = [NEGOTIATE, get()]
/** And makes its handshake. */
const ready: readonly Step[] = [...opened, post(HANDSHAKE), get()]
/** The same where polls wait for a second only. */
const readyForShort: readonly Step[] = [
  request('POST', '/hub/polls/negotiate?negotiateVersion=1'),
  get(SHORT),
  post(HANDSHAKE, {}, SHORT),
  get(SHORT),
]

export const longPolling: readonly Conversation[] = [
  // Polls
  talk('polls: the first one', opened),
  talk('polls: the answer to a handshake', ready),
  talk('polls: the answer to a call', [...ready, post(SUM), get()]),
  talk('polls: the answer in MessagePack', [
    ...opened,
    post(`{"protocol":"messagepack","version":1}${END}`),
    get(),
    post(writeRecord('messagepack', call('Sum', [1, 2]))),
    get(),
  ]),
  talk('polls: one that waits', [
    ...ready,
    begin('p', 'GET', PLACE),
    unanswered('p'),
    post(SUM),
    answer('p'),
  ]),
  talk('polls: a number that keeps caches off', [
    NEGOTIATE,
    get(`${PLACE}&_=1`),
    post(HANDSHAKE),
    get(`${PLACE}&_=2`),
  ]),
  talk('polls: one that times out', [...readyForShort, get(SHORT)]),
  talk('polls: what comes after one has timed out', [
    ...readyForShort,
    get(SHORT),
    post(SUM, {}, SHORT),
    get(SHORT),
  ]),
  talk('polls: three that time out', [...readyForShort, get(SHORT), get(SHORT), get(SHORT)]),
  talk('polls: one that times out before the handshake', [
    request('POST', '/hub/polls/negotiate?negotiateVersion=1'),
    get(SHORT),
    get(SHORT),
    post(HANDSHAKE, {}, SHORT),
    get(SHORT),
  ]),
  talk('polls: two at once', [
    ...ready,
    begin('p', 'GET', PLACE),
    unanswered('p'),
    begin('q', 'GET', PLACE),
    answer('p'),
    unanswered('q'),
    post(SUM),
    answer('q'),
  ]),
  talk('polls: three at once', [
    ...ready,
    begin('p', 'GET', PLACE),
    unanswered('p'),
    begin('q', 'GET', PLACE),
    answer('p'),
    begin('r', 'GET', PLACE),
    answer('q'),
    post(SUM),
    answer('r'),
  ]),
  talk('polls: two at once before the handshake', [
    ...opened,
    begin('p', 'GET', PLACE),
    unanswered('p'),
    begin('q', 'GET', PLACE),
    answer('p'),
    post(HANDSHAKE),
    answer('q'),
  ]),
  talk('polls: what waits between them', [
    ...ready,
    post(SUM),
    post(SUM.replace('"1"', '"2"')),
    // Both have been answered by then.
    wait(1_000),
    get(),
  ]),
  talk('polls: one that is abandoned', [
    ...ready,
    begin('p', 'GET', PLACE),
    unanswered('p'),
    abandon('p'),
    wait(600),
    post(SUM),
    get(),
  ]),
  talk('polls: one that is abandoned, and another at once', [
    ...ready,
    begin('p', 'GET', PLACE),
    unanswered('p'),
    abandon('p'),
    wait(600),
    begin('q', 'GET', PLACE),
    unanswered('q'),
    post(SUM),
    answer('q'),
  ]),
  ...(
    [
      ['with the id of version 0', '/hub/negotiate', '/hub?id=$n.id'],
      [
        'the name of the parameter in another case',
        '/hub/negotiate?negotiateVersion=1',
        '/hub?ID=$n.token',
      ],
      ['with a slash at the end', '/hub/negotiate?negotiateVersion=1', '/hub/?id=$n.token'],
    ] as const
  ).map(([name, negotiate, place]) =>
    talk(`polls: ${name}`, [
      request('POST', negotiate),
      get(place),
      post(HANDSHAKE, {}, place),
      get(place),
    ]),
  ),
  talk('polls: with the public id of version 1', [NEGOTIATE, get('/hub?id=$n.id')]),
  talk('polls: the public id opens nothing later', [
    ...ready,
    get('/hub?id=$n.id'),
    post(SUM, {}, '/hub?id=$n.id'),
    remove('/hub?id=$n.id'),
  ]),
  talk('polls: the token in the path of another hub', [
    NEGOTIATE,
    get('/hub/detailed?id=$n.token'),
  ]),
  talk('polls: where there are only WebSockets', [
    request('POST', '/hub/sockets/negotiate?negotiateVersion=1'),
    get('/hub/sockets?id=$n.token'),
  ]),
  talk('polls: a WebSocket where there is only long polling', [
    request('POST', '/hub/polls/negotiate?negotiateVersion=1'),
    on('b', connect({ negotiate: false, path: '/hub/polls', query: 'id=$n.token' })),
  ]),

  // Tokens of the user
  talk('polls: without a token of the user', [
    request('POST', '/hub/auth/negotiate?negotiateVersion=1', {
      headers: { authorization: 'Bearer probe.ada' },
    }),
    get('/hub/auth?id=$n.token'),
    get('/hub/auth?id=$n.token&access_token=probe.ada'),
    post(HANDSHAKE, {}, '/hub/auth?id=$n.token&access_token=probe.ada'),
    get('/hub/auth?id=$n.token&access_token=probe.ada'),
  ]),

  // Other requests beside them
  talk('polls: events beside them', [
    ...ready,
    request('GET', PLACE, { as: 'x', ...EVENTS }),
    post(SUM),
    get(),
  ]),
  talk('polls: a WebSocket beside them', [
    ...ready,
    on('b', connect({ negotiate: false, query: 'id=$n.token' })),
    post(SUM),
    get(),
  ]),
  talk('polls: a WebSocket beside one that waits', [
    ...ready,
    begin('p', 'GET', PLACE),
    unanswered('p'),
    on('b', connect({ negotiate: false, query: 'id=$n.token' })),
    post(SUM),
    answer('p'),
  ]),
  ...(['PUT', 'PATCH', 'HEAD', 'OPTIONS'] as const).map((method) =>
    talk(`polls: ${method} beside them`, [
      ...ready,
      request(method, PLACE, { as: 'x' }),
      post(SUM),
      get(),
    ]),
  ),

  // POSTs
  talk('polls: a POST before the first one', [NEGOTIATE, post(HANDSHAKE), get(), get()]),
  talk('polls: POSTs before the first one', [
    NEGOTIATE,
    post(HANDSHAKE.slice(0, 9)),
    post(HANDSHAKE.slice(9)),
    get(),
    get(),
  ]),
  talk('polls: an empty POST', [...opened, post(''), post(HANDSHAKE), get()]),
  ...(
    [
      ['text', 'text/plain;charset=UTF-8'],
      ['bytes', 'application/octet-stream'],
      ['JSON', 'application/json'],
      ['something unknown', 'nonsense'],
    ] as const
  ).map(([name, type]) =>
    talk(`polls: a POST of ${name}`, [...opened, post(HANDSHAKE, { 'content-type': type }), get()]),
  ),
  talk('polls: a chunked POST', [
    ...opened,
    post(HANDSHAKE, { 'transfer-encoding': 'chunked' }),
    get(),
  ]),
  talk('polls: MessagePack in a POST of text', [
    ...opened,
    post(`{"protocol":"messagepack","version":1}${END}`),
    get(),
    post(writeRecord('messagepack', call('Sum', [1, 2])), { 'content-type': 'text/plain' }),
    get(),
  ]),
  talk('polls: a POST of 1,200,000 bytes', [...ready, post(MANY), get()]),
  talk('polls: two POSTs at once', [
    ...ready,
    begin('p', 'POST', PLACE, { body: SUM }),
    begin('q', 'POST', PLACE, { body: SUM }),
    answer('p'),
    answer('q'),
    wait(1_000),
    get(),
  ]),
]
