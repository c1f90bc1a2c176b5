import { describe, expect, test } from 'vitest'
import { chanceOfUniform } from '../faults/uniformity.ts'

const even = Array.from({ length: 400 }, (_, index) => (index + 0.5) / 400)

describe('the chance of an even spread', () => {
  test('is 1 for one that is as even as can be', () => {
    expect(chanceOfUniform(even)).toBe(1)
  })

  test('is that of the table for one that is at the limit of 1 %', () => {
    // 1.6276 / sqrt(n), the critical distance for large n.
    const shifted = even.map((value) => value + 1.6276 / Math.sqrt(400) - 0.5 / 400)
    expect(chanceOfUniform(shifted)).toBeCloseTo(0.01, 4)
  })

  test.each([
    ['that is always the whole', even.map(() => 1)],
    ['of the upper half alone', even.map((value) => (1 + value) / 2)],
    ['over twice as much', even.map((value) => 2 * value)],
  ])('is nothing for a delay %s', (_, values) => {
    expect(chanceOfUniform(values)).toBeLessThan(1e-6)
  })
})
