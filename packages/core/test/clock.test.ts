import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { systemClock } from '../src/clock.ts'

describe('the clock of the process', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  test('counts milliseconds', () => {
    const start = systemClock.now()
    vi.advanceTimersByTime(1_500)
    expect(systemClock.now() - start).toBe(1_500)
  })

  test('does not follow the wall clock', () => {
    const start = systemClock.now()
    vi.setSystemTime(0)
    expect(systemClock.now()).toBe(start)
  })

  test('calls back once, after the delay', () => {
    let calls = 0
    systemClock.schedule(() => calls++, 100)
    vi.advanceTimersByTime(99)
    expect(calls).toBe(0)
    vi.advanceTimersByTime(1_000)
    expect(calls).toBe(1)
  })

  test('does not call back once that was cancelled', () => {
    let calls = 0
    const cancel = systemClock.schedule(() => calls++, 100)
    cancel()
    cancel()
    vi.advanceTimersByTime(1_000)
    expect(calls).toBe(0)
  })
})
