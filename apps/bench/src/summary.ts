import { median } from '@wirebeat/test-support/measure'
import type { Contestant } from './contestant.ts'
import type { Load } from './load.ts'
import { METRICS, type Measurement, type Metric } from './measurement.ts'
import type { Selection } from './selection.ts'

export interface Figure {
  /** The median over the rounds. */
  readonly value: number
  /** The lowest and the highest of the rounds. */
  readonly range: Range
  /**
   * To the bare library of the same engine: the median of the ratios of the rounds, each of two
   * measurements that were made shortly after one another. `undefined` where there is nothing to
   * compare to.
   */
  readonly ratio: number | undefined
  /** The lowest and the highest of these ratios. */
  readonly ratioRange: Range | undefined
}

export type Range = readonly [lowest: number, highest: number]

/** What one contestant did under one load. */
export interface Row {
  readonly load: Load
  readonly contestant: Contestant
  readonly rounds: number
  readonly figures: Partial<Record<Metric, Figure>>
}

/** One row for each load and contestant that was measured, in the order of the selection. */
export function summarize(
  { loads, contestants }: Selection,
  measurements: readonly Measurement[],
): Row[] {
  return loads.flatMap((load) =>
    contestants.flatMap((contestant) => {
      const own = of(measurements, load, contestant.name)
      if (own.length === 0) return []
      const { control } = contestant
      const isControl = control === undefined || control === contestant.name
      const controls = isControl ? [] : of(measurements, load, control)
      const figures = Object.fromEntries(
        METRICS.flatMap((metric) => {
          const figure = figureOf(metric, own, controls)
          return figure === undefined ? [] : [[metric, figure]]
        }),
      )
      return [{ load, contestant, rounds: own.length, figures }]
    }),
  )
}

function of(measurements: readonly Measurement[], load: Load, contestant: string): Measurement[] {
  return measurements.filter(
    (measurement) => measurement.load === load.id && measurement.contestant === contestant,
  )
}

function figureOf(
  metric: Metric,
  own: readonly Measurement[],
  controls: readonly Measurement[],
): Figure | undefined {
  const values = own.flatMap(({ metrics }) => metrics[metric] ?? [])
  const value = median(values)
  if (value === undefined) return undefined
  const ratios = own.flatMap(({ round, metrics }) => {
    const control = controls.find((candidate) => candidate.round === round)?.metrics[metric]
    const mine = metrics[metric]
    return mine === undefined || control === undefined || control <= 0 ? [] : [mine / control]
  })
  const ratio = median(ratios)
  const ratioRange = ratio === undefined ? undefined : rangeOf(ratios)
  return { value, range: rangeOf(values), ratio, ratioRange }
}

function rangeOf(values: readonly number[]): Range {
  return [Math.min(...values), Math.max(...values)]
}
