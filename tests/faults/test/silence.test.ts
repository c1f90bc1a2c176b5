import { describe, expect, test } from 'vitest'
import { type Lost, Silence } from '../faults/silence.ts'

const silence = new Silence(1_000)

function ended(after: number, cause = 'heartbeat'): Lost {
  return { cause, lastSign: 500, at: 500 + after }
}

describe('the 2X rule', () => {
  test('holds for an end from 2X to 2X + X/8 after the last sign of life', () => {
    const figures = '2 ended after 2000..2125 ms (allowed 2000..2125)'
    expect(silence.holdsFor([ended(2_000), ended(2_125)])).toBe(figures)
  })

  test('allows the 50 ms that X/8 may be less than', () => {
    expect(new Silence(100).most).toBe(250)
  })

  test.each([
    ['too early', [ended(2_000), ended(1_999.9)]],
    ['too late', [ended(2_000), ended(2_125.1)]],
    ['for another cause', [ended(2_000), ended(2_000, 'lost')]],
    ['never', []],
  ])('is broken by an end that comes %s', (_, ends) => {
    expect(() => silence.holdsFor(ends)).toThrow()
  })
})
