import fc from 'fast-check'
import { expect, test } from 'vitest'
import { momentOf, tenthsBetween } from '../src/stopwatch.ts'

/** Milliseconds after which the numbers begin anew. */
const ROUND = 2 ** 30 / 10

test('a time is measured to a tenth of a millisecond, however long the process has run', () => {
  const time = (max: number) => fc.double({ min: 0, max, noNaN: true })
  const start = fc.oneof(
    time(1_000 * ROUND),
    time(10_000).map((before) => ROUND - before),
  )
  fc.assert(
    fc.property(start, time(20_000), (from, length) => {
      const tenths = tenthsBetween(momentOf(from), momentOf(from + length))
      expect(Math.abs(tenths - length * 10)).toBeLessThanOrEqual(1.01)
      expect(tenths).toBeGreaterThanOrEqual(0)
    }),
  )
})

test('a moment is a small integer', () => {
  for (const now of [0, 0.04, ROUND - 0.1, ROUND, 1e12 + 0.5]) {
    const moment = momentOf(now)
    expect(Number.isInteger(moment) && moment >= 0 && moment < 2 ** 30).toBe(true)
  }
})
