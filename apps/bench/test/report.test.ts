import { expect, test } from 'vitest'
import { CONTESTANTS } from '../src/contestant.ts'
import { LOADS } from '../src/load.ts'
import type { Measurement, Metrics } from '../src/measurement.ts'
import { renderPlot } from '../src/plot.ts'
import { renderReport } from '../src/report.ts'
import { type Row, summarize } from '../src/summary.ts'
import { renderTable } from '../src/table.ts'

function rowsOf(load: string, figures: Readonly<Record<string, Metrics>>): Row[] {
  const measurements: Measurement[] = Object.entries(figures).map(([contestant, metrics]) => ({
    contestant,
    load,
    round: 0,
    metrics,
  }))
  return summarize({ loads: LOADS, contestants: CONTESTANTS }, measurements)
}

/** The cells of each line, without the rule. */
function cells(report: string): string[][] {
  const lines = report.split('\n').filter((line) => !line.startsWith('| -'))
  return lines.map((line) => line.split('|').map((cell) => cell.trim()))
}

test('words are aligned to the left and numbers to the right', () => {
  const table = renderTable({ head: ['load', 'who', 'rate'], rows: [['a', 'longer', '7']] })
  expect(table).toBe(
    ['| load | who    | rate |', '| ---- | ------ | ---: |', '| a    | longer |    7 |'].join('\n'),
  )
})

test('a figure has its ratio to the control beside it', () => {
  const rows = rowsOf('64x16-binary-100', {
    ws: { rate: 100_000, cpuPerMessage: 8 },
    'adapter-ws': { rate: 150_000, cpuPerMessage: 4 },
  })
  const [, ws, adapter] = cells(renderReport(rows))
  expect(ws?.slice(1, 5)).toEqual(['64 B × 16, binary, 100 connections', 'ws', '100,000', '8.00'])
  expect(adapter?.slice(2, 5)).toEqual(['adapter-ws', '150,000 (1.50)', '4.00 (0.50)'])
})

test('a rate that the load generator set is marked', () => {
  const rows = rowsOf('64x1-binary-100', {
    ws: { rate: 1, serverShare: 0.99, generatorShare: 0.95 },
    'uWebSockets.js': { rate: 1, serverShare: 0.8, generatorShare: 0.95 },
  })
  expect(cells(renderReport(rows)).map((row) => row[3])).toEqual(['messages/s', '1', '1*'])
})

test('messages and connections are told apart', () => {
  const rows = [
    ...rowsOf('64x1-binary-100', { ws: { rate: 1 } }),
    ...rowsOf('idle-10000', { ws: { handshakes: 5_000, memory: 5_700, idleShare: 0.0123 } }),
  ]
  const [, connections] = renderReport(rows).split('\n\n')
  expect(cells(connections ?? '')[1]?.slice(1, 8)).toEqual([
    'idle, 10,000 connections',
    'ws',
    '5,000',
    '',
    '5.70',
    '',
    '1.2 %',
  ])
})

test('the plot has a bar for each contestant, and the longest is the most expensive', () => {
  const rows = rowsOf('64x16-binary-100', {
    ws: { cpuPerMessage: 8 },
    'adapter-ws': { cpuPerMessage: 2 },
  })
  const plot = renderPlot(rows) ?? ''
  const widths = [...plot.matchAll(/class="bar[ a-z]*".* width="([\d.]+)"/g)].map(([, width]) =>
    Number(width),
  )
  expect(widths).toHaveLength(2)
  expect(widths[1]).toBeCloseTo((widths[0] ?? 0) / 4)
  expect(plot).toContain('>8.00<')
  expect(plot).toContain('>2.00 (0.25, 0.25 to 0.25)<')
  expect(plot).toContain('prefers-color-scheme: dark')
})

test('without a load that it shows there is no plot', () => {
  expect(renderPlot(rowsOf('idle-10000', { ws: { memory: 1 } }))).toBeUndefined()
})
