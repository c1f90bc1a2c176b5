import {
  call,
  close,
  connect,
  cut,
  ended,
  on,
  receive,
  request,
  send,
  talk,
  until,
} from '../conversation/build.ts'
import type { Conversation, Step } from '../conversation/step.ts'

const NEGOTIATE = request('POST', '/hub/negotiate?negotiateVersion=1')
const METHODS = ['POST', 'DELETE', 'PUT', 'PATCH', 'HEAD', 'OPTIONS'] as const
const EVENTS = { accept: 'text/event-stream' }

/** Opens a WebSocket with an id, without negotiating. */
function open(query: string, path = '/hub'): Step {
  return connect({ negotiate: false, path, query })
}

const UNKNOWN: readonly (readonly [name: string, query: string])[] = [
  ['no id', ''],
  ['an empty id', '?id='],
  ['an id without an equals sign', '?id'],
  ['an unknown id', '?id=AAAAAAAAAAAAAAAAAAAAAA'],
  ['a short unknown id', '?id=x'],
  ['a long unknown id', `?id=${'x'.repeat(2_000)}`],
]

export const identifier: readonly Conversation[] = [
  ...UNKNOWN.flatMap(([name, query]) =>
    (['GET', 'POST', 'DELETE'] as const).map((method) =>
      talk(`id: ${method} with ${name}`, [request(method, `/hub${query}`)]),
    ),
  ),
  ...(['PUT', 'PATCH', 'HEAD', 'OPTIONS'] as const).map((method) =>
    talk(`id: ${method} without one`, [request(method, '/hub')]),
  ),
  ...UNKNOWN.map(([name, query]) =>
    talk(`id: events with ${name}`, [request('GET', `/hub${query}`, { headers: EVENTS })]),
  ),
  ...UNKNOWN.filter(([name]) => name.includes('unknown')).map(([name, query]) =>
    talk(`id: a WebSocket with ${name}`, [open(query.slice(1))]),
  ),
  talk('id: a WebSocket without an id is a new connection', [open(''), send(call('Sum', [1, 2]))]),
  talk('id: a WebSocket with an empty id', [open('id='), send(call('Sum', [1, 2]))]),
  talk('id: a WebSocket with the id of version 0', [
    request('POST', '/hub/negotiate'),
    open('id=$n.id'),
    send(call('ConnectionId')),
  ]),
  talk('id: a WebSocket with the token of version 1', [
    NEGOTIATE,
    open('id=$n.token'),
    send(call('ConnectionId')),
  ]),
  talk('id: a WebSocket with the public id of version 1', [NEGOTIATE, open('id=$n.id')]),
  talk('id: the name of the parameter in another case', [
    NEGOTIATE,
    open('ID=$n.token'),
    send(call('ConnectionId')),
  ]),
  talk('id: the token twice', [NEGOTIATE, open('id=$n.token&id=$n.token')]),
  talk('id: the token in the path of another hub', [
    NEGOTIATE,
    open('id=$n.token', '/hub/detailed'),
  ]),
  talk('id: a second WebSocket with the token', [
    connect(),
    on('b', open('id=$a.token')),
    send(call('Sum', [1, 2])),
  ]),
  ...METHODS.map((method) =>
    talk(`id: ${method} on an open WebSocket`, [
      connect(),
      request(method, '/hub?id=$a.token', { as: 'x', body: method === 'POST' ? 'x' : '' }),
      send(call('Sum', [1, 2])),
    ]),
  ),
  talk('id: a poll on an open WebSocket', [
    connect(),
    request('GET', '/hub?id=$a.token'),
    send(call('Sum', [1, 2])),
  ]),
  talk('id: events on an open WebSocket', [
    connect(),
    request('GET', '/hub?id=$a.token', { headers: EVENTS }),
    send(call('Sum', [1, 2])),
  ]),
  ...METHODS.filter((method) => method !== 'POST').map((method) =>
    talk(`id: ${method} before a transport is open`, [
      NEGOTIATE,
      request(method, '/hub?id=$n.token', { as: 'x' }),
      open('id=$n.token'),
      send(call('Sum', [1, 2])),
    ]),
  ),
  talk('id: a WebSocket where there are none', [
    request('POST', '/hub/fallback/negotiate?negotiateVersion=1'),
    open('id=$n.token', '/hub/fallback'),
  ]),
  talk('id: a WebSocket without an id where there are none', [open('', '/hub/fallback')]),
  ...(
    [
      ['closed', [close(1000), ended()]],
      ['cut', [cut()]],
    ] as const
  ).flatMap(([how, steps]) => [
    talk(`id: a WebSocket with the token of one that was ${how}`, [
      connect({ query: 'key=$key' }),
      ...steps,
      on('watch', connect(), until('Lifecycle', ['$key'], '[1,1,null]')),
      on('b', open('id=$a.token')),
    ]),
    talk(`id: a POST with the token of one that was ${how}`, [
      connect({ query: 'key=$key' }),
      ...steps,
      on('watch', connect(), until('Lifecycle', ['$key'], '[1,1,null]')),
      request('POST', '/hub?id=$a.token', { as: 'x', body: 'x' }),
    ]),
  ]),
  talk('id: a WebSocket to a path of nobody', [open('', '/nowhere')]),
  talk('id: a WebSocket to the path of the negotiation', [open('', '/hub/negotiate')]),
  talk('id: GET with a token but without one of the endpoint', [
    request('GET', '/hub/auth?id=AAAAAAAAAAAAAAAAAAAAAA'),
  ]),
  talk('id: POST without a token of the endpoint', [
    request('POST', '/hub/auth?id=AAAAAAAAAAAAAAAAAAAAAA', { body: 'x' }),
  ]),
  talk('id: a WebSocket without a token of the endpoint', [open('', '/hub/auth')]),
  talk('id: the path with a slash at the end', [
    NEGOTIATE,
    open('id=$n.token', '/hub/'),
    send(call('Sum', [1, 2])),
  ]),
  talk('id: the path in another case', [
    NEGOTIATE,
    open('id=$n.token', '/Hub'),
    send(call('Sum', [1, 2])),
  ]),
  talk('id: a plain WebSocket beside the hub', [
    connect({ negotiate: false, path: '/ws', handshake: '' }),
    send({ type: 6 }),
    receive(0),
    cut(),
  ]),
]
