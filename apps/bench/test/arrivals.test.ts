import { expect, test } from 'vitest'
import { Arrivals } from '../src/generator/arrivals.ts'

test('a message has come to all when each connection has it, in whatever pieces', () => {
  const complete: number[] = []
  const arrivals = new Arrivals(3, (number) => complete.push(number))
  arrivals.add(0, 2)
  arrivals.add(0, 1)
  arrivals.add(0, 3)
  expect(complete).toEqual([0])
  arrivals.add(1, 1)
  expect(complete).toEqual([0, 1])
  expect(arrivals.lasts.map(([number]) => number)).toEqual([0, 1])
  expect(arrivals.messages).toBe(7)
})

test('reset forgets what was counted, and not what is under way', () => {
  const arrivals = new Arrivals(2, () => {})
  arrivals.add(0, 1)
  arrivals.reset()
  expect([arrivals.messages, arrivals.lasts]).toEqual([0, []])
  arrivals.add(0, 1)
  expect(arrivals.lasts).toHaveLength(1)
})
