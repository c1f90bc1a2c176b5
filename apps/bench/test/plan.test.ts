import { expect, test } from 'vitest'
import { CONTESTANTS } from '../src/contestant.ts'
import { LOADS } from '../src/load.ts'
import { makePlan } from '../src/plan.ts'

const contestants = CONTESTANTS.slice(0, 3)
const loads = LOADS.filter(({ id }) => id === '64x1-binary-100' || id === 'idle-10000')

test('contestants take turns under each load, and each round begins with another one', () => {
  const few = loads.filter(({ connections }) => connections === 100)
  const plan = makePlan({ contestants, loads: few }, 2)
  expect(plan.map(({ round, contestant }) => [round, contestant.name])).toEqual([
    [0, 'ws'],
    [0, 'adapter-ws'],
    [0, 'adapter-ws (loop)'],
    [1, 'adapter-ws'],
    [1, 'adapter-ws (loop)'],
    [1, 'ws'],
  ])
})

test('many connections are measured in every third round', () => {
  const plan = makePlan({ contestants, loads }, 4)
  const rounds = plan.filter(({ load }) => load.id === 'idle-10000').map(({ round }) => round)
  expect(new Set(rounds)).toEqual(new Set([0, 3]))
})
