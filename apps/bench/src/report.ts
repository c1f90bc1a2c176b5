import { median } from '@wirebeat/test-support/measure'
import { describeLoad, type Load } from './load.ts'
import type { Metric } from './measurement.ts'
import type { Figure, Row } from './summary.ts'
import { renderTable } from './table.ts'

interface Column {
  readonly title: string
  readonly metric: Metric
  readonly show: (value: number) => string
  /** Whether the ratio to the control says anything. */
  readonly hasRatio: boolean
}

const EXCHANGE_COLUMNS: readonly Column[] = [
  column('messages/s', 'rate', count),
  column('CPU µs/message', 'cpuPerMessage', digits),
  column('p50 ms', 'p50', digits),
  column('p99 ms', 'p99', digits),
  column('p99.9 ms', 'p999', digits),
  { ...column('server CPU', 'serverShare', percent), hasRatio: false },
  { ...column('generator CPU', 'generatorShare', percent), hasRatio: false },
]

const PACED_COLUMNS: readonly Column[] = [
  { ...column('messages/s', 'rate', count), hasRatio: false },
  column('p50 ms', 'p50', digits),
  column('p99 ms', 'p99', digits),
  column('p99.9 ms', 'p999', digits),
  { ...column('of it sent late, p99 ms', 'delay', digits), hasRatio: false },
  column('CPU µs/message', 'cpuPerMessage', digits),
  { ...column('server CPU', 'serverShare', percent), hasRatio: false },
]

const IDLE_COLUMNS: readonly Column[] = [
  column('handshakes/s', 'handshakes', count),
  column('CPU µs/handshake', 'cpuPerHandshake', digits),
  column('memory kB/connection', 'memory', kilobytes),
  // On uWebSockets.js there is next to nothing to compare to.
  { ...column('heap kB/connection', 'heap', kilobytes), hasRatio: false },
  column('CPU while idle', 'idleShare', percent),
  { ...column('server CPU', 'serverShare', percent), hasRatio: false },
  { ...column('generator CPU', 'generatorShare', percent), hasRatio: false },
]

const BROADCAST_COLUMNS: readonly Column[] = [
  column('messages/s', 'rate', count),
  column('CPU µs/message', 'cpuPerMessage', digits),
  column('its last ms', 'last', digits),
  { ...column('memory MB', 'growth', megabytes), hasRatio: false },
  { ...column('MB after closing', 'kept', megabytes), hasRatio: false },
  { ...column('server CPU', 'serverShare', percent), hasRatio: false },
  { ...column('generator CPU', 'generatorShare', percent), hasRatio: false },
]

/** Above this share of a core, and busier than the server, the load generator sets the pace. */
const BUSY = 0.9

/** All figures: a table for each kind of load. */
export function renderReport(rows: readonly Row[]): string {
  const of = (kind: Load['kind']) => rows.filter(({ load }) => load.kind === kind)
  return [
    renderPart(of('exchange'), EXCHANGE_COLUMNS),
    renderPart(of('paced'), PACED_COLUMNS),
    renderPart(of('idle'), IDLE_COLUMNS),
    renderPart(of('broadcast'), BROADCAST_COLUMNS),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

/** Whether the server waited for the load generator: then the rates say little about the server. */
export function isGeneratorBound({ load, figures: { serverShare, generatorShare } }: Row): boolean {
  // There it is always busy, because it looks at the clock all the time.
  if (load.kind === 'paced') return false
  if (serverShare === undefined || generatorShare === undefined) return false
  return generatorShare.value > BUSY && generatorShare.value > serverShare.value
}

/** Cores that other programs took, in the middle of all measurements: they make figures worse. */
export function disturbance(rows: readonly Row[]): number | undefined {
  return median(rows.flatMap(({ figures: { othersShare } }) => othersShare?.value ?? []))
}

function renderPart(rows: readonly Row[], columns: readonly Column[]): string {
  if (rows.length === 0) return ''
  return renderTable({
    head: ['load', 'contestant', ...columns.map(({ title }) => title)],
    rows: rows.map((row) => [
      describeLoad(row.load),
      row.contestant.name,
      ...columns.map((shown) => renderFigure(row.figures[shown.metric], shown, row)),
    ]),
  })
}

function renderFigure(
  figure: Figure | undefined,
  { show, hasRatio, metric }: Column,
  row: Row,
): string {
  if (figure === undefined) return ''
  const isPace = metric === 'rate' || metric === 'handshakes'
  const mark = isPace && isGeneratorBound(row) ? '*' : ''
  const ratio = hasRatio && figure.ratio !== undefined ? ` (${figure.ratio.toFixed(2)})` : ''
  return `${show(figure.value)}${mark}${ratio}`
}

function column(title: string, metric: Metric, show: (value: number) => string): Column {
  return { title, metric, show, hasRatio: true }
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en')
}

/** Three digits, as far as they are decimals. */
function digits(value: number): string {
  if (value >= 99.95) return value.toFixed(0)
  return value.toFixed(value >= 9.995 ? 1 : 2)
}

function kilobytes(value: number): string {
  return digits(value / 1_000)
}

function megabytes(value: number): string {
  return (value / 1e6).toFixed(1)
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.0995 ? 1 : 0)} %`
}
