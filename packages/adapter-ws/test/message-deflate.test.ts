import { randomBytes } from 'node:crypto'
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { deflateMessage, INFLATE_LIMIT, inflateMessage } from '../src/message-deflate.ts'

const TAIL = Uint8Array.of(0, 0, 0xff, 0xff)

function deflate(data: Uint8Array): Buffer {
  return deflateRawSync(data, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4)
}

/** What a client inflates that has agreed on this window, and has no more memory. */
function inflateWith(windowBits: number, deflated: Uint8Array): Buffer {
  const options = { windowBits, finishFlush: constants.Z_SYNC_FLUSH }
  return inflateRawSync(Buffer.concat([deflated, TAIL]), options)
}

test.for([8, 9, 12, 15])('what is compressed fits a window of %d bits', (windowBits) => {
  for (const size of [0, 1, 100, 1_024, 4_096, 4_097, 16_384, 100_000]) {
    // It comes again at many distances.
    const part = randomBytes(Math.max(1, Math.ceil(size / 7)))
    const data = Buffer.concat(Array.from({ length: 7 }, () => part)).subarray(0, size)
    const deflated = deflateMessage(data, size, windowBits)
    expect(Buffer.compare(inflateWith(windowBits, deflated), data)).toBe(0)
  }
})

test('a text is compressed as UTF-8', () => {
  const text = 'naïve café '.repeat(200)
  const deflated = deflateMessage(text, Buffer.byteLength(text), 15)
  expect(inflateMessage(deflated, 0)?.toString()).toBe(text)
})

test.for([
  { size: 0, what: 'empty data' },
  { size: 1_000, what: 'a small message' },
  { size: 16 * 1024, what: 'the most that is inflated at once' },
])('$what is inflated', ({ size }) => {
  const data = Buffer.alloc(size, 'wirebeat')
  expect(inflateMessage(deflate(data), 0)?.equals(data)).toBe(true)
})

test.for([
  { maxSize: 0, size: 16 * 1024 + 1, what: 'more than is inflated at once' },
  { maxSize: 0, size: 2 * 1024 * 1024, what: 'a thousand times its size' },
  { maxSize: 1_000, size: 1_001, what: 'more than a message may have' },
])('a message that inflates to $what is left', ({ maxSize, size }) => {
  const deflated = deflate(Buffer.alloc(size))
  expect(deflated.length).toBeLessThanOrEqual(INFLATE_LIMIT)
  expect(inflateMessage(deflated, maxSize)).toBeUndefined()
})

test('a message that may just be so large is inflated', () => {
  expect(inflateMessage(deflate(Buffer.alloc(1_000)), 1_000)).toHaveLength(1_000)
})

test('data with a fault is left', () => {
  expect(inflateMessage(Uint8Array.of(0xff, 0xff), 0)).toBeUndefined()
})
