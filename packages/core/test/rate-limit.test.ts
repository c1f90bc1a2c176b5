import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RateLimit } from '../src/rate-limit.ts'

/** How many are let through before the first that is not. */
function burst(limit: RateLimit, now: number): number {
  let taken = 0
  while (limit.take(now)) taken++
  return taken
}

describe('a rate limit', () => {
  test('lets a burst of one second through at first', () => {
    expect(burst(new RateLimit(10, 5_000), 5_000)).toBe(10)
  })

  test('lets as many through as were earned since', () => {
    const limit = new RateLimit(10, 0)
    burst(limit, 0)
    expect(burst(limit, 99)).toBe(0)
    expect(burst(limit, 100)).toBe(1)
    expect(burst(limit, 600)).toBe(5)
  })

  test('saves up no more than one burst', () => {
    const limit = new RateLimit(10, 0)
    burst(limit, 0)
    expect(burst(limit, 3_600_000)).toBe(10)
  })

  test('of less than one a second lets single messages through', () => {
    const limit = new RateLimit(0.5, 0)
    expect(burst(limit, 0)).toBe(1)
    expect(burst(limit, 1_999)).toBe(0)
    expect(burst(limit, 2_000)).toBe(1)
  })

  test('never lets more through than the burst and what time has earned', () => {
    const gaps = fc.array(fc.nat(1_000), { maxLength: 200 })
    fc.assert(
      fc.property(fc.double({ min: 0.1, max: 1_000, noNaN: true }), gaps, (rate, pauses) => {
        const limit = new RateLimit(rate, 0)
        let now = 0
        let taken = 0
        for (const pause of pauses) {
          now += pause
          if (limit.take(now)) taken++
        }
        expect(taken).toBeLessThanOrEqual(Math.max(1, rate) + (now * rate) / 1_000 + 1e-6)
      }),
    )
  })
})
