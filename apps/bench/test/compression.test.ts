import { inflateRawSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { compressedFrame } from '../src/generator/compression.ts'

test('a compressed message has RSV1, and is the text when it is unmasked and inflated', () => {
  const text = 'the same and the same and the same'
  const frame = compressedFrame(Buffer.from(text), 0)
  expect(frame[0]).toBe(0xc1)
  // RFC 7692, section 7.2.2.
  const deflated = Buffer.concat([frame.subarray(6), Buffer.from([0, 0, 0xff, 0xff])])
  expect(inflateRawSync(deflated, { finishFlush: 2 }).toString()).toBe(text)
  expect(frame.length).toBeLessThan(text.length)
})
