import { checkNames, checkObject, wrongValue } from '@wirebeat/core/extension'
import {
  register as defaultRegistry,
  type OpenMetricsContentType,
  type PrometheusContentType,
  type Registry,
} from 'prom-client'

/** A registry of prom-client, for either text format. */
export type AnyRegistry = Registry<PrometheusContentType> | Registry<OpenMetricsContentType>

/** Options of all that puts figures into a registry. */
export interface MetricsOptions {
  /** The registry that the metrics are added to. Default: the default registry of prom-client. */
  readonly registry?: AnyRegistry
  /**
   * The value of the label that tells this one from others in the same registry, not empty. Default of an endpoint:
   * its path, or `*` without one. Default of topics: `topics`. Default of a hub: `hub`.
   */
  readonly name?: string
}

/** The options, checked and with their defaults. */
export interface ResolvedOptions {
  readonly registry: AnyRegistry
  readonly name: string
}

/**
 * @param argument which argument of which function the options are
 * @throws OptionError for an option that is wrong or unknown.
 */
export function resolveOptions(
  argument: string,
  options: MetricsOptions,
  defaultName: string,
): ResolvedOptions {
  checkObject(argument, options)
  checkNames(options, ['registry', 'name'])
  const { registry = defaultRegistry, name = defaultName } = options
  if (typeof registry?.registerMetric !== 'function') {
    throw wrongValue('registry', registry, 'a Registry of prom-client')
  }
  if (typeof name !== 'string' || name === '') {
    throw wrongValue('name', name, 'a text that is not empty')
  }
  return { registry, name }
}
