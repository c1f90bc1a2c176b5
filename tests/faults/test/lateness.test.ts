import { describe, expect, test } from 'vitest'
import { Lateness } from '../faults/lateness.ts'

const ONE = { from: 100, to: 200, withheld: 60 }

describe('the lateness of the machine', () => {
  test.each([
    ['before it', 0, 90, 0],
    ['after it', 210, 300, 0],
    ['around it', 50, 250, 60],
    ['within it, for no longer than that', 120, 150, 30],
  ])(
    'counts what was withheld between a moment when something was due and when it came, %s',
    (_, due, at, late) => {
      expect(new Lateness([ONE]).within(due, at)).toBe(late)
    },
  )

  test('is that of all processes together, but no more than something was late', () => {
    const both = new Lateness([ONE], [ONE])
    expect(both.within(50, 250)).toBe(120)
    expect(both.within(120, 170)).toBe(50)
  })

  test('is nothing where the process has run all the time', () => {
    const busy = new Lateness([{ from: 100, to: 900, withheld: 0 }])
    expect(busy.within(0, 1_000)).toBe(0)
    expect(busy.longest(0, 1_000)).toBe(0)
    expect(busy.hasPause(700, 0, 1_000)).toBe(true)
  })

  test('counts what had gathered before only from standstills right after another', () => {
    const next = { from: 200, to: 300, withheld: 50 }
    expect(new Lateness([ONE, next]).withBacklog(250, 500)).toBe(110)
    expect(new Lateness([ONE, { ...next, from: 210 }]).withBacklog(250, 500)).toBe(50)
  })

  test('counts to the end of the standstill in which something happened', () => {
    expect(new Lateness([ONE]).after(180)).toBe(20)
    expect(new Lateness([ONE]).after(110)).toBe(60)
    expect(new Lateness([ONE]).after(300)).toBe(0)
  })
})
