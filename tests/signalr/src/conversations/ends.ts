import {
  both,
  call,
  close,
  closing,
  connect,
  cut,
  ended,
  fence,
  fragments,
  hex,
  joined,
  on,
  raw,
  receive,
  send,
  stream,
  talk,
  tell,
  until,
  wait,
  watched,
} from '../conversation/build.ts'
import type { Conversation } from '../conversation/step.ts'

const END = '\u001e'

const KEYED = { query: 'key=$key' }
const POLITE = '[1,1,null]'

export const ends: readonly Conversation[] = [
  ...both('ends: a close record', [connect(KEYED), send(closing()), ended(), ...watched(POLITE)]),
  ...both('ends: a close record with an error', [
    connect(KEYED),
    send(closing({ error: 'mine' })),
    ended(),
    ...watched('[1,1,"mine"]'),
  ]),
  ...both('ends: a close record with an empty error', [
    connect(KEYED),
    send(closing({ error: '' })),
    ended(),
    ...watched('[1,1,""]'),
  ]),
  ...both('ends: calls behind a close record in the same frame', [
    connect(KEYED),
    joined(closing(), tell('Append', ['$key', 1])),
    ended(),
    ...watched(POLITE),
    on('watch', send(call('Recorded', ['$key'])), receive()),
  ]),
  ...both('ends: calls before a close record in the same frame', [
    connect(KEYED),
    joined(call('Sum', [1, 2]), closing()),
    ended(),
    ...watched(POLITE),
  ]),
  ...both('ends: a close record during a slow call', [
    connect(KEYED),
    send(call('Delay', [300, 'x']), closing()),
    ended(),
    ...watched(POLITE),
  ]),
  ...([1000, 1001, 1002, 1003, 1008, 1011, 3000, 4999] as const).map((code) =>
    talk(
      `ends: a close frame of ${code}`,
      [connect(KEYED), close(code, 'bye'), ended(), ...watched(POLITE)],
      code === 3000 ? { needs: 'close-code-range' } : {},
    ),
  ),
  talk('ends: a close frame without a code', [
    connect(KEYED),
    close(),
    ended(),
    ...watched(POLITE),
  ]),
  talk('ends: a close frame before the handshake', [
    connect({ ...KEYED, handshake: '' }),
    close(1000),
    ended(),
    ...watched('[0,0,null]'),
  ]),
  ...both('ends: a close frame during a slow call', [
    connect(KEYED),
    send(call('Delay', [300, 'x'])),
    close(1000),
    ended(),
    ...watched(POLITE),
  ]),
  ...both('ends: a close frame during a stream', [
    connect(KEYED),
    send(stream('Forever', [60_000, '$key'])),
    fence(),
    close(1000),
    ended(),
    ...watched(POLITE),
    on('watch', until('Ended', ['$key'], 'true')),
  ]),
  ...both('ends: a cut wire', [connect(KEYED), cut(), ...watched(POLITE)]),
  ...both('ends: a cut wire during a slow call', [
    connect(KEYED),
    send(call('Delay', [300, 'x'])),
    fence(),
    cut(),
    ...watched(POLITE),
  ]),
  talk('ends: a cut wire before the handshake', [
    connect({ ...KEYED, handshake: '' }),
    cut(),
    ...watched('[0,0,null]'),
  ]),
  talk('ends: a cut wire within a record', [
    connect(KEYED),
    raw('{"type":1,"invocationId":"1","tar'),
    // Without it the genuine server may see the end before the rest.
    wait(400),
    cut(),
    ...watched('[1,1,"Connection terminated while reading a message."]'),
  ]),
  talk('ends: a close frame within a record', [
    connect(KEYED),
    raw('{"type":1,"invocationId":"1","tar'),
    // Without it the genuine server may see the end before the rest.
    wait(400),
    close(1000),
    ended(),
    ...watched('[1,1,"Connection terminated while reading a message."]'),
  ]),
  talk('ends: a cut wire within a fragmented message', [
    connect(KEYED),
    fragments('{"type":1,"invocationId":"1","tar', 'get'),
    // Without it the genuine server may see the end before the rest.
    wait(400),
    cut(),
    ...watched('[1,1,"Connection terminated while reading a message."]'),
  ]),
  talk('ends: a close frame within a record of MessagePack', [
    connect({ ...KEYED, encoding: 'messagepack' }),
    raw(hex('0d 96 01 80')),
    // Without it the genuine server may see the end before the rest.
    wait(400),
    close(1000),
    ended(),
    ...watched('[1,1,"Connection terminated while reading a message."]'),
  ]),
  ...both('ends: by the server', [
    connect(KEYED),
    send(call('Abort')),
    ended(),
    ...watched(POLITE),
  ]),
  ...both('ends: by the server, for a call that wants no answer', [
    connect(KEYED),
    send(tell('Abort')),
    ended(),
    ...watched(POLITE),
  ]),
  ...both('ends: by the server during a stream', [
    connect(KEYED),
    send(stream('Forever', [60_000, '$key'], 's')),
    fence(),
    send(tell('Abort')),
    ended(),
    ...watched(POLITE),
    on('watch', until('Ended', ['$key'], 'true')),
  ]),
  talk('ends: a record that is no JSON', [
    connect(KEYED),
    raw(`hello${END}`),
    ended(),
    ...watched('[1,1,"Error reading JSON."]'),
  ]),
  talk('ends: a record without a type', [
    connect(KEYED),
    raw(`{}${END}`),
    ended(),
    ...watched(`[1,1,"Missing required property 'type'."]`),
  ]),
  talk('ends: a record without a target', [
    connect(KEYED),
    raw(`{"type":1,"arguments":[]}${END}`),
    ended(),
    ...watched(`[1,1,"Missing required property 'target'."]`),
  ]),
  talk('ends: an empty record of MessagePack', [
    connect({ ...KEYED, encoding: 'messagepack' }),
    raw(hex('00')),
    ended(),
    ...watched('[1,1,"Reading array length for \'elementCount\' failed."]'),
  ]),
  talk('ends: calls before a wrong record in the same frame', [
    connect(KEYED),
    raw(`{"type":1,"invocationId":"1","target":"Sum","arguments":[1,2]}${END}hello${END}`),
    ended(),
    ...watched('[1,1,"Error reading JSON."]'),
  ]),
  talk('ends: a wrong record behind a slow call', [
    connect(KEYED),
    raw(`{"type":1,"invocationId":"1","target":"Delay","arguments":[200,"x"]}${END}hello${END}`),
    ended(),
    ...watched('[1,1,"Error reading JSON."]'),
  ]),
  ...both('ends: each is told once', [
    connect(KEYED),
    on('b', connect(KEYED)),
    on('c', connect(KEYED)),
    send(closing()),
    ended(),
    on('b', cut()),
    on('c', close(1000), ended()),
    ...watched('[3,3,null]'),
  ]),
]
