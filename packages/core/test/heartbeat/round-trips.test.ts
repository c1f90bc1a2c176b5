import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { momentOf, NO_TIME, RoundTrips, tenthsBetween } from '../../src/heartbeat/round-trips.ts'

function observe(times: readonly number[]) {
  const roundTrips = new RoundTrips()
  for (const time of times) roundTrips.add(time)
  return roundTrips
}

describe('round trips', () => {
  test('have a last, a least and a longest, once there is one', () => {
    expect(observe([]).snapshot()).toMatchObject({
      last: undefined,
      min: undefined,
      max: undefined,
    })
    expect(observe([5, 1, 3]).snapshot()).toMatchObject({ sum: 9, last: 3, min: 1, max: 5 })
  })

  test('are counted in every bucket whose bound they do not exceed', () => {
    const { buckets } = observe([1, 1.1, 10_000, 10_001]).snapshot()
    expect(buckets.at(0)).toEqual({ upTo: 1, count: 1 })
    expect(buckets.at(1)).toEqual({ upTo: 2.5, count: 2 })
    expect(buckets.at(-1)).toEqual({ upTo: 10_000, count: 3 })
  })

  test('whatever they are, each bucket holds what a recount finds', () => {
    const times = fc.array(fc.nat({ max: 200_000 }).map((tenths) => tenths / 10))
    fc.assert(
      fc.property(times, (all) => {
        const roundTrips = observe(all)
        expect(roundTrips.count).toBe(all.length)
        for (const { upTo, count } of roundTrips.snapshot().buckets) {
          expect(count).toBe(all.filter((time) => time <= upTo).length)
        }
      }),
    )
  })
})

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

test('no moment and no duration is taken for none', () => {
  expect(NO_TIME).toBeLessThan(0)
})
