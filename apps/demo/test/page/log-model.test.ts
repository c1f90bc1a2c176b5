import { expect, test } from 'vitest'
import type { LogEvent, LogPart } from '../../page/src/log-entry.ts'
import { KEPT, LogModel } from '../../page/src/log-model.ts'
import { preview } from '../../page/src/message-preview.ts'

const AT = new Date(2026, 0, 2, 3, 4, 5, 67)
const EVENTS: readonly LogEvent[] = [
  { kind: 'opened', url: 'ws://a.example/ws', protocol: '', downtime: undefined },
  { kind: 'sent', message: preview('Hello\tthere') },
  { kind: 'received', message: preview(Uint8Array.of(0x48, 0xff).buffer) },
  { kind: 'beat', from: 'client', what: 'Heartbeat' },
  { kind: 'closed', code: 1000, reason: 'done', wasClean: true, everOpened: true },
]

function modelWith(parts: readonly LogPart[], text = ''): LogModel {
  const model = new LogModel({ parts: new Set(parts), text })
  for (const event of EVENTS) model.add(event, AT)
  return model
}

test.each([
  [['messages', 'connection', 'heartbeats'], '', [0, 1, 2, 3, 4]],
  [['messages'], '', [1, 2]],
  [['connection'], '', [0, 4]],
  [['heartbeats'], '', [3]],
  [[], '', []],
  [['messages', 'connection'], 'HELLO', [1]],
  [['messages', 'connection'], '48 ff', [2]],
  [['messages', 'connection'], 'done', [4]],
] as const)('of %j with %j the entries %j are shown', (parts, text, shown) => {
  expect(
    modelWith(parts, text)
      .shown()
      .map(({ number }) => number),
  ).toEqual(shown)
})

test('what is copied is a table of what is shown', () => {
  expect(modelWith(['messages']).text()).toBe(
    [
      'Time\tFrom\tTo\tData',
      '03:04:05.067\tClient\tServer\tHello there',
      '03:04:05.067\tServer\tClient\t[2 bytes] 48 ff',
      '',
    ].join('\n'),
  )
})

test('the oldest entries are dropped, and the summary says how many', () => {
  const model = new LogModel({ parts: new Set(['messages'] as const), text: '' })
  for (let i = 0; i < KEPT + 250; i++) model.add({ kind: 'sent', message: preview(`${i}`) }, AT)
  expect(model.first).toBe(200)
  expect(model.shown()[0]?.number).toBe(200)
  expect(model.summary(KEPT + 50)).toBe('10,050 entries, 200 older ones dropped')
  expect(model.summary(3)).toBe('3 of 10,050 entries, 200 older ones dropped')
  model.clear()
  expect([model.shown(), model.summary(0)]).toEqual([[], 'No entries'])
})

test('of a long message the beginning is kept, and its whole length', () => {
  expect(preview('😀'.repeat(3000))).toEqual({
    type: 'text',
    text: '😀'.repeat(1000),
    length: 3000,
  })
  expect(preview(new ArrayBuffer(1000))).toEqual({
    type: 'binary',
    bytes: new Uint8Array(64),
    length: 1000,
  })
})
