import { Histogram } from 'prom-client'
import type { AnyRegistry } from './options.ts'

/** What a histogram is made of, but for its registry. */
interface HistogramConfiguration<Label extends string> {
  readonly name: string
  readonly help: string
  readonly labelNames: readonly Label[]
  readonly buckets?: number[]
}

/** The histograms of one name, one in each registry. */
export class Histograms<Label extends string> {
  readonly #known = new WeakMap<AnyRegistry, Histogram<Label>>()

  /** The one that was made in the registry. `undefined` where none was, or it was taken out. */
  find(registry: AnyRegistry, name: string): Histogram<Label> | undefined {
    const known = this.#known.get(registry)
    return known !== undefined && registry.getSingleMetric(name) === known ? known : undefined
  }

  /** @throws Error when the registry has a metric of the name already. */
  make(registry: AnyRegistry, configuration: HistogramConfiguration<Label>): Histogram<Label> {
    const histogram = new Histogram({ ...configuration, registers: [registry] })
    this.#known.set(registry, histogram)
    return histogram
  }
}
