import { expect, test, vi } from 'vitest'
import { TurnBudget } from '../../src/connection/turn-budget.ts'
import { ManualClock } from '../../src/testing.ts'

test('sixteen messages in a row wait for no turn, and all that follow for one', () => {
  const clock = new ManualClock()
  const afterTurn = vi.spyOn(clock, 'afterTurn')
  const budget = new TurnBudget(clock)
  const taker = { maxTogether: Number.POSITIVE_INFINITY }
  const take = (count: number): void => {
    for (let i = 0; i < count; i++) expect(budget.take(taker)).toBe(true)
  }
  take(16)
  expect(afterTurn).not.toHaveBeenCalled()
  take(100)
  expect(afterTurn).toHaveBeenCalledOnce()
})
