import {
  awaitPing,
  both,
  call,
  connect,
  ended,
  fence,
  ping,
  pinged,
  raw,
  receive,
  send,
  stream,
  talk,
  tell,
  wait,
  watched,
} from '../conversation/build.ts'
import type { Conversation } from '../conversation/step.ts'

const QUICK = { path: '/hub/quick', query: 'key=$key' }
const SLOW = { slow: true }
const TIMED_OUT = `[1,1,"Client hasn't sent a message/ping within the configured ClientTimeoutInterval."]`

export const keepAlive: readonly Conversation[] = [
  ...both(
    'keep-alive: pings while nothing is said',
    [
      connect(QUICK),
      send(ping),
      awaitPing(0, 2_600),
      send(ping),
      awaitPing(200, 2_600),
      send(ping),
      awaitPing(200, 2_600),
    ],
    SLOW,
  ),
  ...both(
    'keep-alive: pings while the server sends other things',
    [
      connect(QUICK),
      send(ping, stream('Count', [30, 100])),
      wait(1_500),
      send(ping),
      wait(1_500),
      send(ping),
      receive(31),
      pinged(),
    ],
    SLOW,
  ),
  ...both(
    'keep-alive: pings while a call runs',
    [connect(QUICK), send(call('Delay', [2_500, 'x'])), awaitPing(0, 2_600), receive()],
    SLOW,
  ),
  ...both(
    'keep-alive: a client that falls silent after a ping',
    [connect(QUICK), send(ping), ended(2_500, 6_500), ...watched(TIMED_OUT)],
    SLOW,
  ),
  ...both(
    'keep-alive: a client that goes on to ping',
    [
      connect(QUICK),
      send(ping),
      wait(1_500),
      send(ping),
      wait(1_500),
      send(ping),
      wait(1_500),
      send(ping),
      wait(1_000),
      send(call('Sum', [1, 2])),
    ],
    SLOW,
  ),
  ...both(
    'keep-alive: calls count as signs of life',
    [
      connect(QUICK),
      send(ping),
      wait(1_500),
      send(tell('Nothing')),
      wait(1_500),
      send(call('Sum', [1, 2], '1')),
      wait(1_500),
      send(tell('Nothing')),
      wait(1_000),
      send(call('Sum', [1, 2], '2')),
    ],
    SLOW,
  ),
  talk(
    'keep-alive: half records do not count',
    [
      connect(QUICK),
      send(ping),
      wait(1_300),
      raw('{"type'),
      wait(1_300),
      raw('":'),
      ended(0, 4_000),
      ...watched(TIMED_OUT),
    ],
    SLOW,
  ),
  ...both(
    'keep-alive: a client that never pings',
    [connect(QUICK), wait(5_500), send(call('Sum', [1, 2]))],
    SLOW,
  ),
  ...both(
    'keep-alive: a client that calls once, and never pings',
    [connect(QUICK), send(call('Sum', [1, 2])), receive(), wait(5_500), send(call('Sum', [3, 4]))],
    SLOW,
  ),
  ...both(
    'keep-alive: a client that is silent during a call',
    [
      connect(QUICK),
      send(ping, call('Delay', [6_000, 'x'])),
      ended(2_500, 6_500),
      ...watched(TIMED_OUT),
    ],
    SLOW,
  ),
  ...both(
    'keep-alive: a client that is silent while its second call waits',
    [
      connect(QUICK),
      send(ping, call('Delay', [4_500, 'x'], '1'), call('Delay', [0, 'y'], '2')),
      receive(2),
      fence(),
    ],
    SLOW,
  ),
]
