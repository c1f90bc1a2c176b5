import { expect, test } from 'vitest'
import { CONTESTANTS, USUAL_CONTESTANTS } from '../src/contestant.ts'
import { LOADS, USUAL_LOADS } from '../src/load.ts'
import { select } from '../src/selection.ts'

function choose(...names: string[]) {
  const { contestants, loads } = select(names, {
    usualContestants: USUAL_CONTESTANTS,
    contestants: CONTESTANTS,
    usualLoads: USUAL_LOADS,
    loads: LOADS,
  })
  return { contestants: contestants.map(({ name }) => name), loads: loads.map(({ id }) => id) }
}

const everyone = USUAL_CONTESTANTS.map(({ name }) => name)
const usual = USUAL_LOADS.map(({ id }) => id)

test('without names those are measured who usually are, under the usual loads', () => {
  expect(choose()).toEqual({ contestants: everyone, loads: usual })
})

test('names of contestants leave the loads as they are', () => {
  expect(choose('ws', 'adapter-ws')).toEqual({ contestants: ['ws', 'adapter-ws'], loads: usual })
})

test('a contestant that is not usual is measured when it is named', () => {
  expect(choose('adapter-ws-over-http/2').contestants).toEqual(['adapter-ws over HTTP/2'])
})

test('a contestant is found without case, spaces and parentheses', () => {
  expect(choose('adapter-ws-loop', 'uwebsockets.js').contestants).toEqual([
    'adapter-ws (loop)',
    'uWebSockets.js',
  ])
})

test('parts of a load name all usual loads that have them', () => {
  expect(choose('64x16')).toEqual({
    contestants: everyone,
    loads: ['64x16-binary-100', '64x16-text-100'],
  })
})

test('a load that is not usual is found when no usual one is meant', () => {
  expect(choose('16Kx1-text').loads).toEqual([
    '16Kx1-text-100',
    '16Kx1-text-1000',
    '16Kx1-text-10000',
  ])
})

test('a whole name means that load alone, though usual ones have its parts', () => {
  expect(choose('broadcast-1x64b-1000').loads).toEqual(['broadcast-1x64B-1000'])
})

test('a name that nothing has is refused, with what there is', () => {
  expect(() => choose('wss')).toThrow(/nothing is called wss\ncontestants: ws, adapter-ws, /)
})
