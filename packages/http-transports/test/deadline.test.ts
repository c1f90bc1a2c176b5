import type { Clock } from '@wirebeat/core'
import { ManualClock } from '@wirebeat/core/testing'
import { expect, test, vi } from 'vitest'
import { Deadline } from '../src/deadline.ts'

test('a deadline passes once, when it was moved to', () => {
  const clock = new ManualClock()
  const passed = vi.fn()
  const deadline = new Deadline(clock, passed)
  deadline.move(10_000)
  clock.advance(9_000)
  deadline.move(10_000)
  clock.advance(9_990)
  expect(passed).not.toHaveBeenCalled()
  clock.advance(10)
  expect(passed).toHaveBeenCalledOnce()
  clock.advance(60_000)
  expect(passed).toHaveBeenCalledOnce()
})

test('a deadline may be moved to an earlier time', () => {
  const clock = new ManualClock()
  const passed = vi.fn()
  const deadline = new Deadline(clock, passed)
  deadline.move(90_000)
  deadline.move(15_000)
  clock.advance(14_990)
  expect(passed).not.toHaveBeenCalled()
  clock.advance(10)
  expect(passed).toHaveBeenCalledOnce()
})

test('a deadline that was cleared does not pass, and may be moved again', () => {
  const clock = new ManualClock()
  const passed = vi.fn()
  const deadline = new Deadline(clock, passed)
  deadline.move(1_000)
  deadline.clear()
  clock.advance(5_000)
  expect(passed).not.toHaveBeenCalled()
  deadline.move(1_000)
  clock.advance(1_000)
  expect(passed).toHaveBeenCalledOnce()
})

test('a deadline that is moved all the time takes no timer for each move', () => {
  const manual = new ManualClock()
  const schedule = vi.fn<Clock['schedule']>((callback, delay) => manual.schedule(callback, delay))
  const deadline = new Deadline({ now: () => manual.now(), schedule } as unknown as Clock, () => {})
  for (let moves = 0; moves < 1_000; moves++) {
    deadline.move(90_000)
    manual.advance(1)
    deadline.move(15_000)
    manual.advance(1)
  }
  expect(schedule.mock.calls.length).toBeLessThan(5)
})
