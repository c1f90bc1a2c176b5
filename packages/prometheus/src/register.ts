import type { Endpoint, EndpointStats } from '@wirebeat/core'
import { wrongValue } from '@wirebeat/core/extension'
import { Families } from './family.ts'
import { Histograms } from './histograms.ts'
import { ENDPOINT_METRICS, ROUND_TRIP } from './metrics.ts'
import { type MetricsOptions, resolveOptions } from './options.ts'

/** What is used of an endpoint. */
export type CountedEndpoint = Pick<Endpoint, 'options' | 'stats' | 'on'>

const families = new Families<EndpointStats>('endpoint', ENDPOINT_METRICS)
const histograms = new Histograms<'endpoint'>()

/**
 * Adds the figures of an endpoint to a registry of prom-client. They are read when the registry is asked for its
 * metrics, and only then, but for the round trips of pings, which are counted from this call on. Each metric has the
 * label `endpoint`.
 *
 * @returns a function that takes the endpoint out of the registry again. Another call does nothing.
 * @throws OptionError for something that is no endpoint, for an option that is wrong or unknown, and for a name that
 * another endpoint of the registry has. Error when the registry has a metric of the same name that is not of this
 * package. The registry is left as it was then.
 */
export function register(endpoint: CountedEndpoint, options: MetricsOptions = {}): () => void {
  if (typeof endpoint?.stats !== 'function' || typeof endpoint.on !== 'function') {
    throw wrongValue('The first argument of register', endpoint, 'an endpoint')
  }
  const { path = '*' } = endpoint.options
  const { registry, name } = resolveOptions('The second argument of register', options, path)
  const known = histograms.find(registry, ROUND_TRIP.name)
  const roundTrips =
    known ??
    histograms.make(registry, {
      ...ROUND_TRIP,
      labelNames: ['endpoint'],
      buckets: endpoint.stats().pings.roundTripTime.buckets.map(({ upTo }) => upTo / 1000),
    })
  let remove: () => void
  try {
    remove = families.of(registry).add(name, () => endpoint.stats())
  } catch (error) {
    if (known === undefined) registry.removeSingleMetric(ROUND_TRIP.name)
    throw error
  }
  const labels = { endpoint: name }
  roundTrips.zero(labels)
  // The library cannot take a histogram that was made elsewhere.
  const ignore = endpoint.on('roundTrip', (_, milliseconds) =>
    roundTrips.observe(labels, milliseconds / 1000),
  )
  let isIn = true
  return () => {
    // Another endpoint may have the name by now.
    if (!isIn) return
    isIn = false
    ignore()
    remove()
    roundTrips.remove(labels)
  }
}
