import { expect, test } from 'vitest'
import { Lingering } from '../../src/handshake/lingering.ts'
import { ManualClock } from '../../src/testing.ts'

function setUp(max: number) {
  const clock = new ManualClock()
  const lingering = new Lingering(clock, 5_000, max)
  const disconnected: string[] = []
  const refuse = (name: string) => lingering.add(() => disconnected.push(name))
  return { clock, lingering, disconnected, refuse }
}

test('a client that does not hang up is disconnected after the timeout', () => {
  const { clock, lingering, disconnected, refuse } = setUp(10)
  refuse('a')
  clock.advance(4_990)
  expect(lingering.count).toBe(1)
  expect(disconnected).toEqual([])
  clock.advance(10)
  expect(lingering.count).toBe(0)
  expect(disconnected).toEqual(['a'])
})

test('one that hangs up is not, and gives its place back', () => {
  const { clock, lingering, disconnected, refuse } = setUp(1)
  const hungUp = refuse('a')
  hungUp()
  hungUp()
  expect(lingering.count).toBe(0)
  refuse('b')
  expect(disconnected).toEqual([])
  clock.advance(5_000)
  expect(disconnected).toEqual(['b'])
})

test('with one more than may linger, the one that was refused first is disconnected', () => {
  const { clock, lingering, disconnected, refuse } = setUp(2)
  for (const name of ['a', 'b', 'c', 'd']) refuse(name)
  expect(disconnected).toEqual(['a', 'b'])
  expect(lingering.count).toBe(2)
  clock.advance(60_000)
  expect(disconnected).toEqual(['a', 'b', 'c', 'd'])
})
