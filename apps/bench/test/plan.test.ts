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

test('polling takes text, one message at a time, and events what only the server sends', () => {
  const loadsOf = (name: string): Set<string> => {
    const one = CONTESTANTS.filter((contestant) => contestant.name === name)
    return new Set(makePlan({ contestants: one, loads: LOADS }, 1).map(({ load }) => load.id))
  }
  const polled = loadsOf('engine.io polling')
  expect(polled).toContain('64x1-text-100')
  expect(polled).not.toContain('64x1-binary-100')
  expect(polled).not.toContain('64x16-text-100')
  const streamed = loadsOf('adapter-ws by Server-Sent Events')
  expect(streamed).toContain('broadcast-1x64B-10hz-1000')
  expect(streamed).toContain('idle-10000')
  expect(streamed).not.toContain('64x1-text-100')
  expect(streamed).not.toContain('broadcast-1x1K-10hz-deflate-1000')
})
