import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type MessageRate, RateLimit, resolveMessageRate } from '../../src/connection/rate-limit.ts'

/** How many are let through before the first that is not; bounded, so that a test fails instead of hanging. */
function burst(limit: RateLimit, now: number, size = 1): number {
  let taken = 0
  while (taken < 1_000 && limit.take(size, now)) taken++
  return taken
}

const MIB = 1024 * 1024
const messages = (rate: number, now = 0) => new RateLimit({ messages: rate }, MIB, now)

describe('a limit on messages', () => {
  test('lets a burst of one second through at first', () => {
    expect(burst(messages(10, 5_000), 5_000)).toBe(10)
  })

  test('lets as many through as were earned since', () => {
    const limit = messages(10, 0)
    burst(limit, 0)
    expect(burst(limit, 99)).toBe(0)
    expect(burst(limit, 100)).toBe(1)
    expect(burst(limit, 600)).toBe(5)
  })

  test('saves up no more than one burst', () => {
    const limit = messages(10, 0)
    burst(limit, 0)
    expect(burst(limit, 3_600_000)).toBe(10)
  })

  test('of less than one a second lets single messages through', () => {
    const limit = messages(0.5, 0)
    expect(burst(limit, 0)).toBe(1)
    expect(burst(limit, 1_999)).toBe(0)
    expect(burst(limit, 2_000)).toBe(1)
  })

  test('never lets more through than the burst and what time has earned', () => {
    const gaps = fc.array(fc.nat(1_000), { maxLength: 200 })
    fc.assert(
      fc.property(fc.double({ min: 0.1, max: 1_000, noNaN: true }), gaps, (rate, pauses) => {
        const limit = messages(rate, 0)
        let now = 0
        let taken = 0
        for (const pause of pauses) {
          now += pause
          if (limit.take(1, now)) taken++
        }
        expect(taken).toBeLessThanOrEqual(Math.max(1, rate) + (now * rate) / 1_000 + 1e-6)
      }),
    )
  })
})

describe('a limit on bytes', () => {
  test('counts what messages hold, not how many they are', () => {
    const limit = new RateLimit({ bytes: 1_000 }, 500, 0)
    expect(burst(limit, 0, 300)).toBe(3)
    expect(burst(limit, 0, 100)).toBe(1)
    expect(burst(limit, 500, 250)).toBe(2)
  })

  test('lets the largest message through, and then none until it is paid for', () => {
    const limit = new RateLimit({ bytes: 100 }, 1_000, 0)
    expect(burst(limit, 0, 1_000)).toBe(1)
    expect(burst(limit, 9_999, 1_000)).toBe(0)
    expect(burst(limit, 10_000, 1_000)).toBe(1)
  })

  test('never lets more through than the burst and what time has earned', () => {
    const step = fc.record({ pause: fc.nat(1_000), size: fc.nat(500) })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2_000 }), fc.array(step), (bytes, steps) => {
        const limit = new RateLimit({ bytes }, 500, 0)
        let now = 0
        let taken = 0
        for (const { pause, size } of steps) {
          now += pause
          if (limit.take(size, now)) taken += size
        }
        expect(taken).toBeLessThanOrEqual(Math.max(500, bytes) + (now * bytes) / 1_000 + 1e-6)
      }),
    )
  })
})

test('with both limits the one that is reached first counts', () => {
  const rate = { messages: 4, bytes: 1_000 }
  expect(burst(new RateLimit(rate, 500, 0), 0, 10)).toBe(4)
  expect(burst(new RateLimit(rate, 500, 0), 0, 400)).toBe(2)
})

test('as many pongs as pings were sent do not count, and others count as messages', () => {
  const limit = new RateLimit({ messages: 1 }, 1_000, 0)
  limit.expectPong()
  limit.expectPong()
  expect([1, 2, 3, 4].map(() => limit.takePong(0))).toEqual([true, true, true, false])
})

test('a burst is as many seconds as it says', () => {
  const limit = new RateLimit({ messages: 1, bytes: 100, burst: 20 }, 10, 0)
  expect(burst(limit, 0, 1)).toBe(20)
  expect(burst(limit, 1_000, 1)).toBe(1)
  expect(burst(new RateLimit({ bytes: 100, burst: 20 }, 10, 0), 0, 10)).toBe(200)
})

describe('the option', () => {
  test.each([
    ['a number of messages', 5, { messages: 5 }],
    ['messages alone', { messages: 0.1 }, { messages: 0.1 }],
    ['bytes alone', { bytes: 1_000, burst: 2 }, { bytes: 1_000, burst: 2 }],
  ])('may be %s', (_name, given, resolved) => {
    expect(resolveMessageRate(given)).toEqual(resolved)
  })

  test('is copied', () => {
    const given = { messages: 5 }
    const resolved = resolveMessageRate(given)
    given.messages = 6
    expect(resolved).toEqual({ messages: 5 })
  })

  test.each([
    ['messageRate', 0, 'a finite number of messages per second above 0, or an object of rates'],
    ['messageRate', '5', 'a finite number of messages per second above 0, or an object of rates'],
    ['messageRate', null, 'a finite number of messages per second above 0, or an object of rates'],
    ['messageRate', Number.POSITIVE_INFINITY, 'a finite number of messages per second above 0'],
    ['messageRate', {}, 'messageRate must have messages, bytes or both, got neither.'],
    ['messageRate', { burst: 2 }, 'messageRate must have messages, bytes or both, got neither.'],
    ['messageRate.hops', { messages: 5, hops: 1 }, 'options are messages, bytes, burst.'],
    ['messageRate.messages', { messages: -1 }, 'a finite number of messages per second above 0'],
    ['messageRate.bytes', { bytes: 0 }, 'a finite number of bytes per second above 0'],
    ['messageRate.burst', { bytes: 1, burst: '2' }, 'a finite number of seconds above 0'],
  ])('%s of %j is refused with what is allowed', (option, value, words) => {
    // What the type forbids, plain JavaScript can still do.
    const resolve = () => resolveMessageRate(value as unknown as MessageRate)
    expect(resolve).toThrow(expect.objectContaining({ name: 'OptionError', option }))
    expect(resolve).toThrow(words)
  })
})

test('the option in its long form may inherit its values', () => {
  expect(resolveMessageRate(Object.create({ messages: 1 }))).toEqual({ messages: 1 })
  const rate = Object.create({ bytes: 10, burst: 2 })
  expect(resolveMessageRate(rate)).toEqual({ bytes: 10, burst: 2 })
})
