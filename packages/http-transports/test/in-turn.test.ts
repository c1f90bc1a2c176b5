import { describe, expect, test } from 'vitest'
import { InTurn } from '../src/in-turn.ts'

describe('requests of one connection', () => {
  test('have a turn at once where nobody has it', () => {
    const turn = new InTurn()
    expect(turn.isIdle).toBe(true)
    expect(turn.enter()).toBeUndefined()
    expect(turn.isIdle).toBe(false)
    turn.leave()
    expect(turn.isIdle).toBe(true)
  })

  test('have their turns in order, and none comes between one that leaves and the next', async () => {
    const turn = new InTurn()
    const order: string[] = []
    turn.enter()
    const second = Promise.resolve(turn.enter()).then(() => order.push('second'))
    turn.leave()
    const third = Promise.resolve(turn.enter()).then(() => order.push('third'))
    await second
    expect(order).toEqual(['second'])
    turn.leave()
    await third
    expect(order).toEqual(['second', 'third'])
    turn.leave()
    expect(turn.isIdle).toBe(true)
  })

  test('get none while fifteen wait', () => {
    const turn = new InTurn()
    turn.enter()
    for (let waiting = 0; waiting < 15; waiting++) expect(turn.enter()).toBeInstanceOf(Promise)
    expect(turn.enter()).toBe('full')
    turn.leave()
    expect(turn.enter()).toBeInstanceOf(Promise)
  })
})
