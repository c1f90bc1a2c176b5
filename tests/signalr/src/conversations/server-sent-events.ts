import {
  abandon,
  answer,
  awaitPing,
  begin,
  call,
  close,
  connect,
  cut,
  ended,
  fence,
  head,
  on,
  part,
  pinged,
  receive,
  request,
  send,
  stream,
  talk,
  until,
  wait,
  watched,
} from '../conversation/build.ts'
import {
  END,
  EVENTS,
  HANDSHAKE,
  MANY,
  NEGOTIATE,
  PLACE,
  post,
  SUM,
} from '../conversation/requests.ts'
import type { Conversation, Step } from '../conversation/step.ts'

const START = ':\r\n'
const BLANK = '\r\n\r\n'
const KEYED = { transport: 'server-sent-events', query: 'key=$key' } as const
const SLOW = { slow: true }

/** Opens events, of which the raw bytes are told. */
const opened: readonly Step[] = [NEGOTIATE, begin('e', 'GET', PLACE, EVENTS), part('e', START)]

const event = part('e', BLANK)

export const serverSentEvents: readonly Conversation[] = [
  talk('events: the headers', [NEGOTIATE, begin('e', 'GET', PLACE, EVENTS), head('e')]),
  talk('events: the first bytes', opened),
  talk('events: the bytes of a handshake', [...opened, post(HANDSHAKE), event]),
  talk('events: the bytes of an answer', [...opened, post(HANDSHAKE), event, post(SUM), event]),
  talk('events: the bytes of the end', [
    ...opened,
    post(HANDSHAKE),
    event,
    post(`{"type":7}${END}`),
    answer('e'),
  ]),
  talk('events: the bytes of a refused handshake', [
    ...opened,
    post(`{"protocol":"xml","version":1}${END}`),
    answer('e'),
  ]),
  ...(
    [
      ['with others', 'text/event-stream, */*;q=0.1'],
      ['behind others', 'application/json, text/event-stream'],
      ['with a weight', 'text/event-stream;q=0.9'],
      ['with a parameter', 'text/event-stream;charset=utf-8'],
      ['with blanks', 'text/plain ,  text/event-stream '],
      ['as a part of another type', 'text/event-streams'],
      ['in capitals', 'TEXT/EVENT-STREAM'],
      ['not at all', '*/*'],
      ['as text', 'text/*'],
    ] as const
  ).map(([name, accept]) =>
    talk(`events: asked for ${name}`, [
      NEGOTIATE,
      begin('e', 'GET', PLACE, { headers: { accept } }),
      head('e'),
    ]),
  ),
  talk('events: with the id of the last event', [
    NEGOTIATE,
    begin('e', 'GET', PLACE, { headers: { ...EVENTS.headers, 'last-event-id': '7' } }),
    part('e', START),
  ]),
  talk('events: with the id of version 0', [
    request('POST', '/hub/negotiate'),
    begin('e', 'GET', '/hub?id=$n.id', EVENTS),
    part('e', START),
  ]),
  talk('events: with the public id of version 1', [
    NEGOTIATE,
    request('GET', '/hub?id=$n.id', { as: 'x', ...EVENTS }),
  ]),
  talk('events: the name of the parameter in another case', [
    NEGOTIATE,
    begin('e', 'GET', '/hub?ID=$n.token', EVENTS),
    part('e', START),
  ]),
  talk('events: the token in the path of another hub', [
    NEGOTIATE,
    begin('e', 'GET', '/hub/detailed?id=$n.token', EVENTS),
    head('e'),
  ]),
  talk('events: the public id opens nothing by POST', [
    ...opened,
    request('POST', '/hub?id=$n.id', { as: 'x', body: HANDSHAKE }),
  ]),
  talk('events: where there are only WebSockets', [
    request('POST', '/hub/sockets/negotiate?negotiateVersion=1'),
    request('GET', '/hub/sockets?id=$n.token', { as: 'x', ...EVENTS }),
  ]),
  talk('events: where there is only long polling', [
    request('POST', '/hub/polls/negotiate?negotiateVersion=1'),
    request('GET', '/hub/polls?id=$n.token', { as: 'x', ...EVENTS }),
  ]),
  talk('events: where there are no WebSockets', [
    connect({ transport: 'server-sent-events', path: '/hub/fallback' }),
    send(call('Transport')),
    receive(),
  ]),

  // Tokens of the user
  talk('events: without a token of the user', [
    request('POST', '/hub/auth/negotiate?negotiateVersion=1', {
      headers: { authorization: 'Bearer probe.ada' },
    }),
    request('GET', '/hub/auth?id=$n.token', { as: 'x', ...EVENTS }),
    begin('e', 'GET', '/hub/auth?id=$n.token&access_token=probe.ada', EVENTS),
    part('e', START),
  ]),

  // Other requests beside them
  talk('events: a second GET', [
    ...opened,
    request('GET', PLACE, { as: 'x', ...EVENTS }),
    post(HANDSHAKE),
    event,
  ]),
  talk('events: a poll beside them', [
    ...opened,
    request('GET', PLACE, { as: 'x' }),
    post(HANDSHAKE),
    event,
  ]),
  talk('events: a WebSocket beside them', [
    ...opened,
    on('b', connect({ negotiate: false, query: 'id=$n.token' })),
    post(HANDSHAKE),
    event,
  ]),
  ...(['DELETE', 'PUT', 'PATCH', 'HEAD', 'OPTIONS'] as const).map((method) =>
    talk(`events: ${method} beside them`, [
      ...opened,
      request(method, PLACE, { as: 'x' }),
      post(HANDSHAKE),
      event,
    ]),
  ),
  talk('events: HEAD opens none', [
    NEGOTIATE,
    request('HEAD', PLACE, { as: 'x', ...EVENTS }),
    begin('e', 'GET', PLACE, EVENTS),
    part('e', START),
  ]),

  // POSTs
  talk('events: a POST before they are open', [
    NEGOTIATE,
    post(HANDSHAKE),
    begin('e', 'GET', PLACE, EVENTS),
    part('e', BLANK),
  ]),
  talk('events: POSTs before they are open', [
    NEGOTIATE,
    post(HANDSHAKE.slice(0, 9)),
    post(HANDSHAKE.slice(9)),
    begin('e', 'GET', PLACE, EVENTS),
    part('e', BLANK),
  ]),
  talk('events: an empty POST', [...opened, post(''), post(HANDSHAKE), event]),
  talk('events: an empty POST before they are open', [
    NEGOTIATE,
    post(''),
    begin('e', 'GET', PLACE, EVENTS),
    post(HANDSHAKE),
    part('e', BLANK),
  ]),
  ...(
    [
      ['text', 'text/plain;charset=UTF-8'],
      ['bytes', 'application/octet-stream'],
      ['JSON', 'application/json'],
      ['a form', 'application/x-www-form-urlencoded'],
      ['something unknown', 'nonsense'],
    ] as const
  ).map(([name, type]) =>
    talk(`events: a POST of ${name}`, [
      ...opened,
      post(HANDSHAKE, { 'content-type': type }),
      event,
    ]),
  ),
  talk('events: a chunked POST', [
    ...opened,
    post(HANDSHAKE, { 'transfer-encoding': 'chunked' }),
    event,
  ]),
  talk('events: a POST that wants something else than text', [
    ...opened,
    post(HANDSHAKE, { accept: 'application/json' }),
    event,
  ]),
  talk('events: two POSTs at once', [
    ...opened,
    post(HANDSHAKE),
    event,
    begin('p', 'POST', PLACE, { body: SUM }),
    begin('q', 'POST', PLACE, { body: SUM }),
    answer('p'),
    answer('q'),
    // They may come in one event.
    part('e', '"result":3'),
    part('e', `}${END}`),
  ]),
  talk('events: a POST of 1,200,000 bytes', [...opened, post(HANDSHAKE), event, post(MANY), event]),
  talk('events: a POST of nonsense after the handshake', [
    ...opened,
    post(HANDSHAKE),
    event,
    post(`hello${END}`),
    answer('e'),
  ]),

  // Ends
  talk('events: a client that hangs up', [connect(KEYED), cut(), ...watched('[1,1,null]')]),
  talk('events: a client that hangs up before the handshake', [
    connect({ ...KEYED, handshake: '' }),
    cut(),
    ...watched('[0,0,null]'),
  ]),
  talk('events: a client that hangs up within a record', [
    connect(KEYED),
    request('POST', '/hub?id=$a.token', { as: 'x', body: '{"type":1,"invocationId":"1","tar' }),
    // Without it the genuine server may see the end before the rest.
    wait(400),
    cut(),
    ...watched('[1,1,"Connection terminated while reading a message."]'),
  ]),
  talk('events: a client that hangs up during a call', [
    connect(KEYED),
    send(call('Delay', [300, 'x'])),
    fence(),
    cut(),
    ...watched('[1,1,null]'),
  ]),
  talk('events: a client that hangs up during a stream', [
    connect(KEYED),
    send(stream('Forever', [60_000, '$key'])),
    fence(),
    close(),
    ...watched('[1,1,null]'),
    on('watch', until('Ended', ['$key'], 'true')),
  ]),
  ...(
    [
      ['a POST', 'POST', {}],
      ['events', 'GET', EVENTS],
      ['a poll', 'GET', {}],
      ['DELETE', 'DELETE', {}],
    ] as const
  ).map(([name, method, options]) =>
    talk(`events: ${name} after the client has hung up`, [
      connect(KEYED),
      cut(),
      ...watched('[1,1,null]'),
      request(method, '/hub?id=$a.token', { as: 'x', ...options }),
    ]),
  ),
  talk('events: a client that hangs up and comes back', [
    ...opened,
    post(HANDSHAKE),
    event,
    abandon('e'),
    wait(1_000),
    request('GET', PLACE, { as: 'x', ...EVENTS }),
  ]),

  // Keep-alive
  talk(
    'events: pings while nothing is said',
    [
      connect({ transport: 'server-sent-events', path: '/hub/quick' }),
      awaitPing(0, 5_000),
      pinged(),
    ],
    SLOW,
  ),
  talk(
    'events: a client that falls silent after a ping',
    [
      connect({ ...KEYED, path: '/hub/quick' }),
      send({ type: 6 }),
      ended(2_000, 8_000),
      ...watched(
        `[1,1,"Client hasn't sent a message/ping within the configured ClientTimeoutInterval."]`,
      ),
    ],
    SLOW,
  ),
]
