import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeText, encodeText } from '../../src/runtime/bytes.ts'
import { ReceiveQueue } from '../../src/session/receive-queue.ts'
import { heldBytes } from '../support/held-memory.ts'

/** 102 bytes in UTF-8. */
const MIXED = `${'a'.repeat(99)}\u4f60`

describe('a receive queue', () => {
  test('is empty at first', () => {
    const queue = new ReceiveQueue()
    expect(queue.isEmpty).toBe(true)
    expect(queue.bytes).toBe(0)
    expect(queue.shift()).toBeUndefined()
  })

  test('counts 128 bytes for each text beside its own', () => {
    const queue = new ReceiveQueue()
    queue.push('', 0)
    queue.push('abc', 3)
    expect(queue.bytes).toBe(128 + 131)
    queue.shift()
    expect(queue.bytes).toBe(131)
  })

  test('counts 448 bytes for each binary message beside its own', () => {
    const queue = new ReceiveQueue()
    queue.push(new Uint8Array(3), 3)
    expect(queue.bytes).toBe(451)
  })

  test('counts two bytes for each character of a text that is not all ASCII', () => {
    const queue = new ReceiveQueue()
    queue.push('abc\u4f60', 6)
    expect(queue.bytes).toBe(128 + 8)
  })

  test.each([
    ['empty texts', () => decodeText(new Uint8Array(0)), 0],
    ['texts', () => decodeText(new Uint8Array(100).fill(97)), 100],
    ['texts with one character that is not ASCII', () => decodeText(encodeText(MIXED)), 102],
    ['empty binary messages', () => new Uint8Array(0), 0],
    ['small binary messages', () => new Uint8Array(16), 16],
    ['binary messages', () => new Uint8Array(100), 100],
  ])('holds no more memory than it counts, of %s', async (_what, make, byteLength) => {
    const queue = new ReceiveQueue()
    const before = await heldBytes()
    for (let i = 0; i < 50_000; i++) queue.push(make(), byteLength)
    expect((await heldBytes()) - before).toBeLessThan(queue.bytes)
    expect(queue.isEmpty).toBe(false)
  })

  test('hands out an empty message as a message', () => {
    const queue = new ReceiveQueue()
    queue.push('', 0)
    expect(queue.isEmpty).toBe(false)
    expect(queue.shift()).toBe('')
    expect(queue.isEmpty).toBe(true)
  })

  test('keeps the order through many thousands', () => {
    const queue = new ReceiveQueue()
    const out: (string | Uint8Array | undefined)[] = []
    for (let i = 0; i < 10_000; i++) {
      queue.push(String(i), 1)
      // Behind the writer at first, so that the queue grows and shrinks.
      if (i % 3 !== 0) out.push(queue.shift())
    }
    while (out.length < 10_000) out.push(queue.shift())
    expect(queue.isEmpty).toBe(true)
    expect(out).toEqual(Array.from({ length: 10_000 }, (_, i) => String(i)))
    expect(queue.bytes).toBe(0)
  })

  test('is a list with a sum, whatever is done to it', () => {
    const ascii = fc.string({ unit: 'binary-ascii' })
    const step = fc.option(ascii, { freq: 2 })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const queue = new ReceiveQueue()
        const model: string[] = []
        for (const text of steps) {
          if (text === null) {
            expect(queue.shift()).toBe(model.shift())
          } else {
            queue.push(text, text.length)
            model.push(text)
          }
          expect(queue.isEmpty).toBe(model.length === 0)
          expect(queue.bytes).toBe(model.reduce((sum, one) => sum + one.length + 128, 0))
        }
      }),
    )
  })
})
