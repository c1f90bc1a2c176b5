import type { OtherFrame } from '@wirebeat/test-support/wire'
import { expect, test } from 'vitest'
import { FrameCounter } from '../src/generator/frame-counter.ts'

/** A frame as a server sends it; 0xc1 is the first byte of a compressed text. */
function frame(first: number, length: number): Buffer {
  const header =
    length < 126
      ? [first, length]
      : length < 65_536
        ? [first, 126, length >> 8, length & 0xff]
        : [first, 127, 0, 0, 0, 0, 0, length >> 16, (length >> 8) & 0xff, length & 0xff]
  return Buffer.concat([Buffer.from(header), Buffer.alloc(length, 'x')])
}

const MESSAGE = 0xc1
const PING = 0x89

test.each([1, 2, 3, 7, 1_000, 1_000_000])(
  'counts compressed messages of every length in pieces of %i bytes',
  (piece) => {
    const others: OtherFrame[] = []
    const counter = new FrameCounter((other) => others.push(other))
    const lengths = [0, 1, 125, 126, 65_535, 65_536]
    const bytes = Buffer.concat([
      ...lengths.map((length) => frame(MESSAGE, length)),
      frame(PING, 3),
      frame(PING, 0),
      frame(MESSAGE, 5),
    ])
    let complete = 0
    for (let at = 0; at < bytes.length; at += piece) {
      complete += counter.read(bytes, at, Math.min(at + piece, bytes.length))
    }
    expect(complete).toBe(lengths.length + 1)
    expect(others).toEqual([
      { opcode: 9, payload: Buffer.from('xxx') },
      { opcode: 9, payload: Buffer.alloc(0) },
    ])
  },
)

test('a message that is not compressed is another frame', () => {
  const others: OtherFrame[] = []
  const counter = new FrameCounter((other) => others.push(other))
  expect(counter.read(frame(0x81, 2), 0, 4)).toBe(0)
  expect(others).toEqual([{ opcode: 1, payload: Buffer.from('xx') }])
})
