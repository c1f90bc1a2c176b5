import { expect, test } from 'vitest'
import { unmask } from '../src/unmask.ts'

const MASK = Uint8Array.of(1, 0, 110, 255)
/** Behind those that are unmasked byte by byte, and one more than any multiple of what is done at a time. */
const LENGTHS = Array.from({ length: 150 }, (_, length) => length)

function masked(payload: Uint8Array): Uint8Array {
  return payload.map((byte, index) => byte ^ (MASK[index % 4] ?? 0))
}

test.for([0, 1, 2, 3])(
  'a payload of any length is unmasked %d bytes behind a word, and nothing beside it',
  (offset) => {
    for (const length of LENGTHS) {
      for (let start = 4; start < 8; start++) {
        const payload = Uint8Array.from({ length }, (_, index) => (index * 37) % 256)
        const memory = new Uint8Array(new ArrayBuffer(200), offset).fill(7)
        memory.set(MASK)
        memory.set(masked(payload), start)
        const expected = Uint8Array.from(memory)
        expected.set(payload, start)
        unmask(memory, start, start + length, memory, 0)
        expect(Buffer.compare(memory, expected)).toBe(0)
      }
    }
  },
)

test('it tells of ASCII, and of a single byte that is none, wherever it is', () => {
  const isAscii = (payload: Uint8Array): boolean =>
    unmask(masked(payload), 0, payload.length, MASK, 0)
  for (const length of LENGTHS) {
    const payload = new Uint8Array(length).fill(0x7f)
    expect(isAscii(payload)).toBe(true)
    for (let at = 0; at < length; at++) expect(isAscii(payload.with(at, 0x80))).toBe(false)
  }
})
