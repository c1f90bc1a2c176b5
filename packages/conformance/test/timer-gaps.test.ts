import { setTimeout as pause } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { TimerGaps } from '../src/timer-gaps.ts'

const STALL = 200

/** Keeps the event loop from turning. */
function stall(): void {
  const end = performance.now() + STALL
  while (performance.now() < end);
}

function watch(): TimerGaps {
  const gaps = new TimerGaps()
  onTestFinished(() => gaps.stop())
  return gaps
}

function longest(gaps: TimerGaps, from: number, to: number): number {
  return Math.max(0, ...gaps.between(from, to))
}

test('a stall is seen whole, by those alone whose time it touches', async () => {
  const gaps = watch()
  await pause(50)
  const start = performance.now()
  stall()
  const end = performance.now()
  await pause(50)
  expect(longest(gaps, start, end)).toBeGreaterThanOrEqual(STALL)
  expect(longest(gaps, start + STALL / 2, end + 10)).toBeGreaterThanOrEqual(STALL)
  expect(longest(gaps, end + 20, performance.now())).toBeLessThan(STALL)
  expect(longest(gaps, 0, start - 20)).toBeLessThan(STALL)
})

test('a stall is seen before the timer that it holds up has run', () => {
  const gaps = watch()
  const start = performance.now()
  stall()
  expect(longest(gaps, start, performance.now())).toBeGreaterThanOrEqual(STALL)
})
