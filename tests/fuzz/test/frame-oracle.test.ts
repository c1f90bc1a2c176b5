import { expect, test } from 'vitest'
import { deflate } from '../src/deflate.ts'
import { expectFrames, type Rules } from '../src/frame-oracle.ts'

const RULES: Rules = { compression: true, maxMessageSize: 100, isCut: false, can: () => true }

function frame(first: number, payload: string | Uint8Array = ''): Buffer {
  const data = Buffer.from(payload)
  return Buffer.concat([Buffer.of(first, 0x80 | data.length, 0, 0, 0, 0), data])
}

function verdictOf(...frames: readonly Buffer[]): unknown {
  const { verdict } = expectFrames(Buffer.concat(frames), RULES)
  return verdict.kind === 'ended' ? verdict.ends.map(({ code }) => code) : verdict
}

/** A block of 200 bytes, and one of a kind that there is not. */
const BROKEN_LATE = Buffer.concat([
  deflate(Buffer.alloc(200)),
  Buffer.of(0x00, 0x00, 0xff, 0xff, 0x07),
])

test('messages and pings are answered in the order in which they end', () => {
  const frames = [
    frame(0x01, 'a'),
    frame(0x89, 'p'),
    frame(0x80, 'b'),
    frame(0xc2, deflate(Buffer.from('c'))),
  ]
  const { answers, verdict } = expectFrames(Buffer.concat(frames), RULES)
  expect(answers.map(({ opcode, payload }) => [opcode, payload.toString()])).toEqual([
    [10, 'p'],
    [1, 'ab'],
    [2, 'c'],
  ])
  expect(verdict).toEqual({ kind: 'open', isWhole: true, isIdle: true })
})

test.each([
  ['a reserved bit', [frame(0xa1)], [1002]],
  ['a reserved opcode', [frame(0x83)], [1002]],
  ['a continuation of nothing', [frame(0x80)], [1002]],
  ['a message inside another', [frame(0x01), frame(0x82)], [1002]],
  ['no mask', [Buffer.of(0x81, 1, 0x78, 0, 0, 0)], [1002]],
  ['text that is not UTF-8', [frame(0x81, Buffer.of(0xff))], [1007]],
  ['compressed data that is none', [frame(0xc1, Buffer.of(0xff, 0xff, 0xff))], [1007]],
  ['compressed data that is broken behind the limit', [frame(0xc1, BROKEN_LATE)], [1009, 1007]],
  ['too much', [frame(0x02, 'x'.repeat(60)), frame(0x80, 'x'.repeat(60))], [1009, 1007]],
  ['a close frame', [frame(0x88, Buffer.of(0x0f, 0xa0))], [4000]],
  ['an empty close frame', [frame(0x88)], [1005]],
  ['a close frame with 1005', [frame(0x88, Buffer.of(0x03, 0xed))], [1002]],
  ['a close frame with half a code', [frame(0x88, 'x')], [1002]],
])('%s ends the connection', (_what, frames, codes) => {
  expect(verdictOf(...frames)).toEqual(codes)
})

test('what an engine declares that it cannot do is not asked of it', () => {
  const interleaved = Buffer.concat([frame(0x01), frame(0x82)])
  const can = (capability: string): boolean => capability !== 'interleaved-message'
  expect(expectFrames(interleaved, { ...RULES, can }).verdict).toEqual({ kind: 'unknown' })
})
