import { expect, test } from 'vitest'
import { median, percentile } from '../src/statistics.ts'

test('the median is the middle value, in any order', () => {
  expect(median([30, 1, 2])).toBe(2)
})

test('the median of an even number of values lies between the two middle ones', () => {
  expect(median([4, 1, 10, 2])).toBe(3)
})

test('nothing has no median', () => {
  expect(median([])).toBeUndefined()
})

test.each([
  [0.5, 500],
  [0.99, 990],
  [0.999, 999],
  [1, 1000],
  [0.0001, 1],
])('a share of %d of 1 to 1000 does not exceed %d', (share, value) => {
  const sorted = Float64Array.from({ length: 1000 }, (_, index) => index + 1)
  expect(percentile(sorted, share)).toBe(value)
})

test('every percentile of one value is that value', () => {
  expect([percentile([7], 0.5), percentile([7], 0.999)]).toEqual([7, 7])
})

test('nothing has no percentile', () => {
  expect(percentile([], 0.5)).toBeUndefined()
})
