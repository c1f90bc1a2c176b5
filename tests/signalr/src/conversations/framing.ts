import {
  both,
  call,
  connect,
  fragments,
  joined,
  ping,
  raw,
  receive,
  receiveAnyOrder,
  send,
  split,
  stream,
  talk,
  tell,
  wait,
} from '../conversation/build.ts'
import type { Conversation } from '../conversation/step.ts'

const END = '\u001e'
const SUM = call('Sum', [1, 2])

export const framing: readonly Conversation[] = [
  ...both('framing: three calls in one frame', [
    connect(),
    joined(SUM, call('Sum', [3, 4], '2'), call('Sum', [5, 6], '3')),
    receive(3),
  ]),
  ...both('framing: all kinds in one frame', [
    connect(),
    joined(
      ping,
      SUM,
      tell('Nothing'),
      stream('Count', [2, 0], '2'),
      ping,
      call('Echo', ['x'], '3'),
    ),
    receiveAnyOrder(5),
  ]),
  ...[1, 2, 7, 30].flatMap((bytes) =>
    both(`framing: a call in frames of ${bytes} bytes`, [connect(), split(bytes, SUM)]),
  ),
  ...both('framing: three calls in frames of 11 bytes', [
    connect(),
    split(11, SUM, call('Sum', [3, 4], '2'), call('Sum', [5, 6], '3')),
    receive(3),
  ]),
  talk('framing: half a call, and the rest later', [
    connect(),
    raw('{"type":1,"invocationId":"1","tar'),
    wait(200),
    raw(`get":"Sum","arguments":[1,2]}${END}`),
    receive(),
  ]),
  talk('framing: the fragments of a message', [
    connect(),
    fragments('{"type":1,"invocationId":"1","tar', 'get":"Sum",', `"arguments":[1,2]}${END}`),
    receive(),
  ]),
  talk('framing: empty fragments', [
    connect(),
    fragments('', `{"type":1,"invocationId":"1","target":"Sum","arguments":[1,2]}${END}`, ''),
    receive(),
  ]),
  talk('framing: the separator alone in a frame', [
    connect(),
    raw('{"type":1,"invocationId":"1","target":"Sum","arguments":[1,2]}', END),
    receive(),
  ]),
  talk('framing: JSON in binary frames', [
    connect(),
    raw(Buffer.from(`{"type":1,"invocationId":"1","target":"Sum","arguments":[1,2]}${END}`)),
    receive(),
  ]),
  talk('framing: JSON half in a text frame and half in a binary one', [
    connect(),
    raw('{"type":1,"invocationId":"1","target":"Su'),
    raw(Buffer.from(`m","arguments":[1,2]}${END}`)),
    receive(),
  ]),
  talk('framing: a letter of two bytes split between binary frames', [
    connect(),
    raw(
      Buffer.from('{"type":1,"invocationId":"1","target":"Echo","arguments":["\u00c3').subarray(
        0,
        -1,
      ),
    ),
    raw(Buffer.concat([Buffer.of(0xa9), Buffer.from(`"]}${END}`)])),
    receive(),
  ]),
  talk('framing: invalid UTF-8 in a binary frame', [
    connect(),
    raw(
      Buffer.concat([
        Buffer.from('{"type":1,"invocationId":"1","target":"Echo","arguments":["'),
        Buffer.of(0xff, 0xfe),
        Buffer.from(`"]}${END}`),
      ]),
    ),
  ]),
  ...both('framing: a hundred calls in one frame', [
    connect(),
    joined(...Array.from({ length: 100 }, (_, i) => call('Sum', [i, 1], `${i}`))),
    receive(100),
  ]),
  ...both('framing: a hundred pings in one frame', [
    connect(),
    joined(...Array.from({ length: 100 }, () => ping)),
  ]),
  talk('framing: empty frames', [connect(), raw('', '', ''), send(SUM)]),
  talk('framing: empty binary frames', [
    connect(),
    raw(Buffer.alloc(0), Buffer.alloc(0)),
    send(SUM),
  ]),
]
