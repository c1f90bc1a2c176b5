import { expect, test } from 'vitest'
import { CONTESTANTS } from '../src/contestant.ts'
import { LOADS } from '../src/load.ts'
import type { Measurement } from '../src/measurement.ts'
import { summarize } from '../src/summary.ts'

const load = '64x1-binary-100'
const selection = {
  loads: LOADS.filter(({ id }) => id === load),
  contestants: CONTESTANTS.filter(({ name }) => ['ws', 'adapter-ws', 'Bun'].includes(name)),
}

function measured(contestant: string, ...rates: number[]): Measurement[] {
  return rates.map((rate, round) => ({ contestant, load, round, metrics: { rate } }))
}

test('a figure is the median over the rounds', () => {
  const [row] = summarize(selection, measured('ws', 10, 1000, 30))
  expect(row?.rounds).toBe(3)
  expect(row?.figures.rate?.value).toBe(30)
})

test('a ratio is the median of the ratios of each round to the control', () => {
  const rows = summarize(selection, [
    ...measured('adapter-ws', 20, 90, 60),
    ...measured('ws', 10, 30, 60),
  ])
  expect(rows.map(({ contestant, figures }) => [contestant.name, figures.rate?.ratio])).toEqual([
    ['ws', undefined],
    ['adapter-ws', 2],
  ])
})

test('a figure and a ratio have the lowest and the highest of the rounds', () => {
  const [, row] = summarize(selection, [
    ...measured('ws', 10, 30, 60),
    ...measured('adapter-ws', 20, 90, 60),
  ])
  expect(row?.figures.rate).toMatchObject({ range: [20, 90], ratioRange: [1, 3] })
})

test('a round in which the control failed has no ratio', () => {
  const [, row] = summarize(selection, [...measured('ws', 10), ...measured('adapter-ws', 20, 1000)])
  expect(row?.figures.rate?.ratio).toBe(2)
})

test('without a control in the run, and for a contestant that has none, there is no ratio', () => {
  const rows = summarize(selection, [...measured('adapter-ws', 20), ...measured('Bun', 20)])
  expect(rows.map(({ figures }) => figures.rate?.ratio)).toEqual([undefined, undefined])
})

test('what was not measured has no row', () => {
  expect(summarize(selection, [])).toEqual([])
})
