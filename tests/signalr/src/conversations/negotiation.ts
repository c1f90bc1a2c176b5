import { request, talk } from '../conversation/build.ts'
import type { Conversation } from '../conversation/step.ts'

const POSTS: readonly (readonly [name: string, target: string])[] = [
  ['version 1', '/hub/negotiate?negotiateVersion=1'],
  ['version 0', '/hub/negotiate?negotiateVersion=0'],
  ['no version', '/hub/negotiate'],
  ['a version above the newest', '/hub/negotiate?negotiateVersion=2'],
  ['the largest version', '/hub/negotiate?negotiateVersion=2147483647'],
  ['a version too large for an integer', '/hub/negotiate?negotiateVersion=2147483648'],
  ['a negative version', '/hub/negotiate?negotiateVersion=-1'],
  ['a version with a sign', '/hub/negotiate?negotiateVersion=%2B1'],
  ['a version with zeros before it', '/hub/negotiate?negotiateVersion=001'],
  ['a version with blanks around it', '/hub/negotiate?negotiateVersion=%201%20'],
  ['an empty version', '/hub/negotiate?negotiateVersion='],
  ['a version without an equals sign', '/hub/negotiate?negotiateVersion'],
  ['a version with a fraction', '/hub/negotiate?negotiateVersion=1.5'],
  ['a version 1.0', '/hub/negotiate?negotiateVersion=1.0'],
  ['a version in words', '/hub/negotiate?negotiateVersion=one'],
  ['a hexadecimal version', '/hub/negotiate?negotiateVersion=0x1'],
  ['the version twice', '/hub/negotiate?negotiateVersion=1&negotiateVersion=1'],
  ['the name of the parameter in another case', '/hub/negotiate?NEGOTIATEVERSION=1'],
  ['a percent-encoded version', '/hub/negotiate?negotiateVersion=%31'],
  ['a percent-encoded name of the parameter', '/hub/negotiate?negotiate%56ersion=1'],
  ['other parameters', '/hub/negotiate?a=b&negotiateVersion=1&c'],
  ['an id, which means nothing there', '/hub/negotiate?negotiateVersion=1&id=abc'],
  ['the path in another case', '/HUB/Negotiate?negotiateVersion=1'],
  ['a slash at the end', '/hub/negotiate/?negotiateVersion=1'],
  ['two slashes at the end', '/hub/negotiate//?negotiateVersion=1'],
  ['a segment behind it', '/hub/negotiate/more?negotiateVersion=1'],
  ['a longer last segment', '/hub/negotiated?negotiateVersion=1'],
  ['a percent-encoded path', '/hub/%6Eegotiate?negotiateVersion=1'],
  ['stateful reconnect', '/hub/negotiate?negotiateVersion=1&useStatefulReconnect=true'],
  ['stateful reconnect in version 0', '/hub/negotiate?useStatefulReconnect=true'],
  [
    'stateful reconnect, in another case',
    '/hub/negotiate?negotiateVersion=1&useStatefulReconnect=TRUE',
  ],
  ['stateful reconnect as 1', '/hub/negotiate?negotiateVersion=1&useStatefulReconnect=1'],
  ['stateful reconnect as false', '/hub/negotiate?negotiateVersion=1&useStatefulReconnect=false'],
  [
    'stateful reconnect where it is not allowed',
    '/hub/detailed/negotiate?negotiateVersion=1&useStatefulReconnect=true',
  ],
  [
    'stateful reconnect without WebSockets',
    '/hub/fallback/negotiate?negotiateVersion=1&useStatefulReconnect=true',
  ],
  ['a version below the least', '/hub/v1/negotiate?negotiateVersion=0'],
  ['no version where 1 is the least', '/hub/v1/negotiate'],
  ['the least version', '/hub/v1/negotiate?negotiateVersion=1'],
  ['a version above the least', '/hub/v1/negotiate?negotiateVersion=7'],
  ['a negative version where 1 is the least', '/hub/v1/negotiate?negotiateVersion=-3'],
  ['a version in words where 1 is the least', '/hub/v1/negotiate?negotiateVersion=one'],
  ['a hub whose connections are denied', '/hub/denied/negotiate?negotiateVersion=1'],
  ['without a token', '/hub/auth/negotiate?negotiateVersion=1'],
  ['with a token in the query', '/hub/auth/negotiate?negotiateVersion=1&access_token=probe.ada'],
  ['with a wrong token in the query', '/hub/auth/negotiate?negotiateVersion=1&access_token=ada'],
  ['a redirect', '/redirect/negotiate?negotiateVersion=1'],
  ['a path of nobody', '/nowhere/negotiate?negotiateVersion=1'],
]

const METHODS = ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const

export const negotiation: readonly Conversation[] = [
  ...POSTS.map(([name, target]) => talk(`negotiation: ${name}`, [request('POST', target)])),
  ...['/hub', '/hub/fallback', '/hub/polls', '/hub/sockets', '/hub/v1'].map((path) =>
    talk(`negotiation: the transports of ${path}`, [
      request('POST', `${path}/negotiate?negotiateVersion=1`, { tellsTransports: true }),
    ]),
  ),
  ...METHODS.map((method) =>
    talk(`negotiation: by ${method}`, [request(method, '/hub/negotiate?negotiateVersion=1')]),
  ),
  talk('negotiation: a token in the header', [
    request('POST', '/hub/auth/negotiate?negotiateVersion=1', {
      headers: { authorization: 'Bearer probe.ada' },
    }),
  ]),
  talk('negotiation: a wrong token in the header', [
    request('POST', '/hub/auth/negotiate?negotiateVersion=1', {
      headers: { authorization: 'Bearer ada' },
    }),
  ]),
  talk('negotiation: by GET without a token', [
    request('GET', '/hub/auth/negotiate?negotiateVersion=1'),
  ]),
  talk('negotiation: with a body', [
    request('POST', '/hub/negotiate?negotiateVersion=1', { body: 'anything at all' }),
  ]),
  talk('negotiation: with a body of JSON', [
    request('POST', '/hub/negotiate?negotiateVersion=1', {
      headers: { 'content-type': 'application/json' },
      body: '{"negotiateVersion":0}',
    }),
  ]),
  talk('negotiation: with a large body', [
    request('POST', '/hub/negotiate?negotiateVersion=1', { body: 'x'.repeat(20_000) }),
  ]),
  talk('negotiation: with a chunked body', [
    request('POST', '/hub/negotiate?negotiateVersion=1', {
      headers: { 'transfer-encoding': 'chunked' },
      body: 'anything at all',
    }),
  ]),
  talk('negotiation: what the .NET client sends', [
    request('POST', '/hub/negotiate?negotiateVersion=1', {
      headers: {
        'user-agent': 'Microsoft SignalR/10.0 (10.0.0; Linux; .NET; .NET 10.0.0)',
        'x-requested-with': 'XMLHttpRequest',
        'content-length': '0',
      },
    }),
  ]),
  talk('negotiation: of a client that wants something else than JSON', [
    request('POST', '/hub/negotiate?negotiateVersion=1', { headers: { accept: 'text/html' } }),
  ]),
  talk('negotiation: each has an id of its own', [
    request('POST', '/hub/negotiate?negotiateVersion=1', { as: 'n' }),
    request('POST', '/hub/negotiate?negotiateVersion=1', { as: 'm' }),
  ]),
]
