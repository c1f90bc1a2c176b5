import { wrongValue } from '@wirebeat/core/extension'
import { Counter, Gauge } from 'prom-client'
import type { Metric } from './metrics.ts'
import type { AnyRegistry } from './options.ts'

/**
 * The metrics of all sources of one kind in one registry. A registry has each metric once, and a label tells the
 * sources apart.
 */
export class Family<Stats> {
  readonly #label: string
  readonly #sources = new Map<string, () => Stats>()
  #figures: ReadonlyMap<string, Stats> | undefined

  /** @throws Error when the registry has one of the metrics already. It is left as it was. */
  constructor(registry: AnyRegistry, label: string, metrics: readonly Metric<Stats>[]) {
    this.#label = label
    const created: string[] = []
    try {
      for (const metric of metrics) {
        this.#create(metric, registry)
        created.push(metric.name)
      }
    } catch (error) {
      for (const name of created) registry.removeSingleMetric(name)
      throw error
    }
  }

  /**
   * @returns a function that takes the source away.
   * @throws OptionError when another source has the name.
   */
  add(name: string, read: () => Stats): () => void {
    if (this.#sources.has(name)) {
      const advice = `Give each ${this.#label} its own name.`
      throw wrongValue('name', name, 'one that nothing else in the registry has', advice)
    }
    this.#sources.set(name, read)
    return () => {
      if (this.#sources.get(name) === read) this.#sources.delete(name)
    }
  }

  #create({ type, name, help, label, read }: Metric<Stats>, registry: AnyRegistry): void {
    const labelNames = label === undefined ? [this.#label] : [this.#label, label]
    const configuration = { name, help, labelNames, registers: [registry] }
    /** Puts all values in place. A counter of the library can only be increased, so it begins anew. */
    const fill = (metric: Counter | Gauge) => {
      metric.reset()
      for (const [source, stats] of this.#read()) {
        const value = read(stats)
        if (typeof value === 'number') metric.inc({ [this.#label]: source }, value)
        else if (label !== undefined) {
          for (const [key, one] of Object.entries(value)) {
            metric.inc({ [this.#label]: source, [label]: key }, one)
          }
        }
      }
    }
    if (type === 'gauge') new Gauge({ ...configuration, collect: collectInto })
    else new Counter({ ...configuration, collect: collectInto })

    function collectInto(this: Counter | Gauge): void {
      fill(this)
    }
  }

  /** The figures of all sources. A registry asks every metric in one go, for which they are read once. */
  #read(): ReadonlyMap<string, Stats> {
    if (this.#figures === undefined) {
      this.#figures = new Map([...this.#sources].map(([name, read]) => [name, read()]))
      queueMicrotask(() => {
        this.#figures = undefined
      })
    }
    return this.#figures
  }
}

/** Finds the family of a registry, or makes it. */
export class Families<Stats> {
  readonly #label: string
  readonly #metrics: readonly Metric<Stats>[]
  readonly #known = new WeakMap<AnyRegistry, { family: Family<Stats>; first: unknown }>()

  /**
   * @param label the label that tells the sources apart
   * @param metrics one at least
   */
  constructor(label: string, metrics: readonly Metric<Stats>[]) {
    this.#label = label
    this.#metrics = metrics
  }

  of(registry: AnyRegistry): Family<Stats> {
    const name = this.#metrics[0]?.name ?? ''
    const known = this.#known.get(registry)
    // `clear` of the registry takes the metrics away.
    if (known !== undefined && registry.getSingleMetric(name) === known.first) return known.family
    const family = new Family(registry, this.#label, this.#metrics)
    this.#known.set(registry, { family, first: registry.getSingleMetric(name) })
    return family
  }
}

declare function queueMicrotask(callback: () => void): void
