import { wrongValue } from '@wirebeat/core/extension'
import { Families } from './family.ts'
import { type CountedTopicsStats, TOPICS_METRICS } from './metrics.ts'
import { type MetricsOptions, resolveOptions } from './options.ts'

export type { CountedTopicsStats } from './metrics.ts'

/** What is used of topics. */
export interface CountedTopics {
  stats(): CountedTopicsStats
}

const families = new Families<CountedTopicsStats>('topics', TOPICS_METRICS)

/**
 * Adds the figures of topics to a registry of prom-client. They are read when the registry is asked for its metrics,
 * and only then. Each metric has the label `topics`.
 *
 * @returns a function that takes the topics out of the registry again. Another call does nothing.
 * @throws OptionError for something that is not topics, for an option that is wrong or unknown, and for a name that
 * other topics of the registry have. Error when the registry has a metric of the same name that is not of this
 * package. The registry is left as it was then.
 */
export function registerTopics(topics: CountedTopics, options: MetricsOptions = {}): () => void {
  if (typeof topics?.stats !== 'function') {
    const allowed = 'what createTopics returned'
    throw wrongValue('The first argument of registerTopics', topics, allowed)
  }
  const argument = 'The second argument of registerTopics'
  const { registry, name } = resolveOptions(argument, options, 'topics')
  return families.of(registry).add(name, () => topics.stats())
}
