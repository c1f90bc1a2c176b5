import {
  both,
  call,
  connect,
  ended,
  on,
  receive,
  request,
  send,
  talk,
} from '../conversation/build.ts'
import type { Conversation, Step } from '../conversation/step.ts'

const AUTH = '/hub/auth'
const HEADER = { authorization: 'Bearer probe.ada' }
const WHO = [send(call('UserId')), receive()] as const

/** A WebSocket without negotiation. */
function direct(options: Parameters<typeof connect>[0]): Step {
  return connect({ path: AUTH, negotiate: false, ...options })
}

export const identity: readonly Conversation[] = [
  ...both('identity: none', [connect(), ...WHO]),
  ...both('identity: by the query', [connect({ query: 'user=ada' }), ...WHO]),
  ...both('identity: an empty one by the query', [connect({ query: 'user=' }), ...WHO]),
  ...both('identity: a token in the header', [connect({ path: AUTH, headers: HEADER }), ...WHO]),
  ...both('identity: a token in the query', [
    connect({ path: AUTH, query: 'access_token=probe.ada' }),
    ...WHO,
  ]),
  ...both('identity: the query before the token', [
    connect({ path: AUTH, headers: HEADER, query: 'user=bob' }),
    ...WHO,
  ]),
  talk('identity: a token where none is needed', [connect({ headers: HEADER }), ...WHO]),
  talk('identity: no negotiation, a token in the header', [direct({ headers: HEADER }), ...WHO]),
  talk('identity: no negotiation, a token in the query', [
    direct({ query: 'access_token=probe.ada' }),
    ...WHO,
  ]),
  talk('identity: no negotiation, no token', [direct({})]),
  talk('identity: no negotiation, a wrong token', [direct({ query: 'access_token=ada' })]),
  talk('identity: no negotiation, a token of another scheme', [
    direct({ headers: { authorization: 'Basic probe.ada' } }),
  ]),
  talk('identity: no negotiation, a wrong header beside a right query', [
    direct({ headers: { authorization: 'Bearer ada' }, query: 'access_token=probe.ada' }),
  ]),
  talk('identity: negotiated with a token, opened without', [
    request('POST', `${AUTH}/negotiate?negotiateVersion=1`, { headers: HEADER }),
    direct({ query: 'id=$n.token' }),
  ]),
  talk('identity: negotiated with a token, opened with another', [
    request('POST', `${AUTH}/negotiate?negotiateVersion=1`, { headers: HEADER }),
    direct({ query: 'id=$n.token&access_token=probe.bob' }),
    ...WHO,
  ]),
  talk('identity: a redirect is followed', [
    request('POST', '/redirect/negotiate?negotiateVersion=1'),
    connect({ path: AUTH, headers: { authorization: 'Bearer probe.redirected' } }),
    ...WHO,
  ]),
  talk('identity: requests without a token, for a connection that is open', [
    connect({ path: AUTH, headers: HEADER }),
    request('POST', `${AUTH}?id=$a.token`, { as: 'x', body: 'x' }),
    request('GET', `${AUTH}?id=$a.token`, { as: 'x' }),
    request('DELETE', `${AUTH}?id=$a.token`, { as: 'x' }),
    ...WHO,
  ]),
  ...both('identity: a user in two hubs', [
    connect({ query: 'user=$key' }),
    on('b', connect({ path: '/hub/detailed', query: 'user=$key' })),
    send(call('SendUser', ['$key', 'tag'])),
    receive(2),
    on('b', send(call('SendUser', ['$key', 'tag'])), receive(2)),
  ]),
  talk('identity: a hub that is denied to all', [connect({ path: '/hub/denied' }), ended()]),
]
