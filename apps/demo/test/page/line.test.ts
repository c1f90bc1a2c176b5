import { describe, expect, test } from 'vitest'
import { plotPath } from '../../page/src/plot.ts'
import { RoundTrips } from '../../page/src/round-trips.ts'
import { inTenths, timeSpan } from '../../page/src/time-span.ts'
import { silenceLevel, VitalSigns } from '../../page/src/vital-signs.ts'

describe('the plot', () => {
  const box = { width: 100, height: 10, capacity: 5 }

  test.each([
    [[], '', 1],
    [[5], 'M100 0h0', 5],
    [[0, 4], 'M75 10L100 2', 5],
    [[9, 1, 2, 3, 4, 5], 'M0 8L25 6L50 4L75 2L100 0', 5],
    [[12, 20], 'M75 4L100 0', 20],
  ])('of %j is %j, up to %d', (samples, path, top) => {
    expect(plotPath(samples, box)).toEqual({ path, top })
  })
})

describe('round trips', () => {
  test('are measured from a message to its echo, in order', () => {
    const trips = new RoundTrips()
    trips.sent('a', 10)
    trips.sent(new ArrayBuffer(3), 20)
    trips.received('a', 15)
    trips.received(new ArrayBuffer(3), 22)
    expect([trips.samples, trips.count]).toEqual([[5, 2], 2])
  })

  test('are not of what was never sent, nor of another connection', () => {
    const trips = new RoundTrips()
    trips.sent('a', 10)
    trips.received('b', 11)
    expect(trips.reset()).toBe(1)
    trips.received('a', 12)
    expect([trips.samples, trips.count]).toEqual([[], 0])
  })

  test('the last 60 are kept', () => {
    const trips = new RoundTrips()
    for (let i = 0; i < 70; i++) trips.add(i)
    expect([trips.samples.length, trips.last]).toEqual([60, 69])
  })
})

describe('vital signs', () => {
  test('silence counts from the last thing heard, and there is none without a connection', () => {
    const signs = new VitalSigns()
    expect(signs.silence(5)).toBeUndefined()
    signs.opened(10)
    signs.heard(30)
    expect(signs.silence(35)).toBe(5)
    signs.ended()
    signs.heard(40)
    expect(signs.silence(45)).toBeUndefined()
  })

  test('an answer tells the time since its heartbeat, once', () => {
    const signs = new VitalSigns()
    signs.opened(0)
    signs.beat(100)
    expect(signs.answered(107)).toBe(7)
    expect(signs.answered(108)).toBeUndefined()
  })

  test.each([
    [500, 0.25, 'fresh'],
    [1_100, 0.55, 'fresh'],
    [1_200, 0.6, 'late'],
    [2_500, 1, 'dead'],
  ])('%d ms of silence with X of a second are %d of the way, %s', (silence, share, level) => {
    expect(silenceLevel(silence, 1_000)).toEqual({ share, level })
  })
})

test.each([
  [0.44, '0.4 ms', '0.0 s'],
  [12.4, '12 ms', '0.0 s'],
  [999.7, '1 s', '0.9 s'],
  [1_250, '1.25 s', '1.2 s'],
  [12_000, '12 s', '12.0 s'],
  [120_000, '2 min', '2 min'],
  [125_900, '2 min 6 s', '2 min 5 s'],
])('%d ms are %j, and %j as a running time', (time, span, tenths) => {
  expect([timeSpan(time), inTenths(time)]).toEqual([span, tenths])
})
