import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ReceiveQueue } from '../../src/session/receive-queue.ts'

describe('a receive queue', () => {
  test('is empty at first', () => {
    const queue = new ReceiveQueue()
    expect(queue.isEmpty).toBe(true)
    expect(queue.bytes).toBe(0)
    expect(queue.shift()).toBeUndefined()
  })

  test('counts 64 bytes for each message beside its own', () => {
    const queue = new ReceiveQueue()
    queue.push('', 0)
    queue.push('abc', 3)
    expect(queue.bytes).toBe(131)
    queue.shift()
    expect(queue.bytes).toBe(67)
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
    const step = fc.option(fc.string(), { freq: 2 })
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
          expect(queue.bytes).toBe(model.reduce((sum, one) => sum + one.length + 64, 0))
        }
      }),
    )
  })
})
