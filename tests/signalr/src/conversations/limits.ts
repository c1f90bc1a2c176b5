import {
  both,
  call,
  completion,
  connect,
  cut,
  ended,
  item,
  joined,
  on,
  quiet,
  raw,
  receive,
  send,
  stream,
  talk,
  until,
  wait,
} from '../conversation/build.ts'
import type { Conversation } from '../conversation/step.ts'
import { encode, framed } from '../wire/message-pack.ts'

const END = '\u001e'
const LIMIT = 32_768

/** A call of so many bytes with its separator. */
function jsonOf(bytes: number): string {
  const [start, end] = ['{"type":1,"invocationId":"1","target":"Echo","arguments":["', `"]}${END}`]
  return start + 'x'.repeat(bytes - start.length - end.length) + end
}

/** A call of so many bytes with its length. */
function messagePackOf(bytes: number): Buffer {
  for (let length = bytes - 40; length <= bytes; length++) {
    const data = framed(encode([1, {}, '1', 'Echo', ['x'.repeat(length)], []]))
    if (data.length === bytes) return data
  }
  throw new Error(`There is no call of ${bytes} bytes.`)
}

const SIZES = [LIMIT - 1, LIMIT, LIMIT + 1, LIMIT + 5, 2 * LIMIT, 200_000] as const

export const limits: readonly Conversation[] = [
  ...SIZES.map((bytes) =>
    talk(`limits: a record of JSON of ${bytes} bytes`, [
      connect({ query: 'key=$key' }),
      raw(jsonOf(bytes)),
      receive(),
    ]),
  ),
  ...SIZES.map((bytes) =>
    talk(`limits: a record of MessagePack of ${bytes} bytes`, [
      connect({ encoding: 'messagepack' }),
      raw(messagePackOf(bytes)),
      receive(),
    ]),
  ),
  talk('limits: a record of JSON that never ends, up to the bound', [
    connect(),
    raw(jsonOf(LIMIT + 1).slice(0, LIMIT - 1)),
    wait(200),
    raw(`"]}${END}`.slice(0, 1)),
    quiet(300),
    raw('x'),
    ended(),
  ]),
  talk('limits: a record of MessagePack whose length is beyond the bound', [
    connect({ encoding: 'messagepack' }),
    raw(Buffer.from('ffffff7f91', 'hex')),
    receive(1, 1_000),
    raw(Buffer.alloc(LIMIT)),
    ended(),
  ]),
  talk('limits: in detail, a record of JSON beyond the bound', [
    connect({ path: '/hub/detailed' }),
    raw(jsonOf(LIMIT + 1)),
    ended(),
  ]),
  talk('limits: in detail, a record of MessagePack beyond the bound', [
    connect({ path: '/hub/detailed', encoding: 'messagepack' }),
    raw(messagePackOf(LIMIT + 1)),
    ended(),
  ]),
  talk('limits: what a hub is told of a record beyond the bound', [
    connect({ query: 'key=$key' }),
    raw(jsonOf(LIMIT + 1)),
    ended(),
    on(
      'watch',
      connect(),
      until(
        'Lifecycle',
        ['$key'],
        '[1,1,"The maximum message size of 32768B was exceeded. The message size can be configured in AddHubOptions."]',
      ),
    ),
  ]),
  talk('limits: three records in a frame that is beyond the bound', [
    connect(),
    raw(jsonOf(20_000).repeat(3)),
    receive(3),
  ]),
  ...both('limits: records of 30,000 bytes in a frame of 120,000', [
    connect(),
    joined(...['1', '2', '3', '4'].map((id) => call('Echo', ['x'.repeat(29_900)], id))),
    receive(4),
  ]),
  ...both('limits: ten items that nobody reads', [
    connect(),
    send(call('UploadTwo', [], '1', ['p', 'q'])),
    send(...Array.from({ length: 10 }, (_, i) => item('q', `${i}`))),
    send(call('Sum', [1, 2], '2')),
    send(item('p', 1), completion('p'), completion('q')),
    receive(2),
  ]),
  ...both('limits: a call behind ten unread items', [
    connect(),
    send(stream('Count', [1, 0], 'c')),
    receive(2),
    send(call('UploadTwo', [], '1', ['p', 'q'])),
    send(...Array.from({ length: 10 }, (_, i) => item('q', `${i}`))),
    send(stream('Count', [1, 0], 'd')),
    receive(2),
    cut(),
  ]),
  ...both('limits: an eleventh item that nobody reads stops the reading', [
    connect(),
    send(call('UploadTwo', [], '1', ['p', 'q'])),
    send(...Array.from({ length: 11 }, (_, i) => item('q', `${i}`))),
    send(stream('Count', [1, 0], 'c')),
    receive(1, 1_000),
    cut(),
  ]),
  ...both('limits: calls that wait for a slow one', [
    connect(),
    send(call('Delay', [300, 'x'], 'd')),
    joined(...Array.from({ length: 100 }, (_, i) => call('Sum', [i, 1], `${i}`))),
    receive(101),
  ]),
  ...both('limits: a stream of large items', [
    connect(),
    send(stream('Flood', [10_000, '$key'])),
    receive(5),
    cut(),
  ]),
  ...both('limits: a large result', [connect(), send(call('Big', [1_000_000])), receive()]),
]
