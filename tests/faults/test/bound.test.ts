import { expect, TestRunner, test } from 'vitest'
import { holdWithin } from '../faults/bound.ts'

const noted = (): readonly string[] => TestRunner.getCurrentTest()?.meta.scaled ?? []

test('a bound that holds is held without a word', () => {
  holdWithin('ms', 100, [{ value: 100, lateness: 50 }])
  expect(noted()).toEqual([])
})

test('a bound that holds with the lateness of the machine alone is noted', () => {
  holdWithin('ms', 100, [{ value: 140, lateness: 50 }])
  expect(noted()).toEqual([expect.stringContaining('140, more than the 100 allowed')])
})

test('a bound that the lateness does not explain is broken', () => {
  const measured = [
    { value: 300, lateness: 250 },
    { value: 151, lateness: 50 },
  ]
  expect(() => holdWithin('ms', 100, measured)).toThrow('with 50 ms of lateness of the machine')
})
