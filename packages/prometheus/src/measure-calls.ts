import { Histograms } from './histograms.ts'
import { CALL_DURATION } from './metrics.ts'
import { type MetricsOptions, resolveOptions } from './options.ts'

/** What is used of a call. */
export interface MeasuredCall {
  readonly method: string
}

/** A filter for the option `filters` of `createHub`. */
export type CallFilter = (call: MeasuredCall, next: () => Promise<unknown>) => Promise<unknown>

const histograms = new Histograms<'hub' | 'method' | 'outcome'>()

/**
 * Makes a filter for a hub that counts its calls and their times, in a histogram with the labels `hub`, `method` and
 * `outcome`: `ok`, `hub-error` for a HubError, `error` for every other error, and `refused` for a call that did not
 * reach its method. The label `method` of an unknown method is empty, because a client can make up any name. The
 * time of a stream is that until it begins.
 *
 * Put it first among the filters, so that it measures the others too. One filter may be used for several hubs.
 *
 * @throws OptionError for an option that is wrong or unknown. Error when the registry has a metric of the same name that
 * is not of this package.
 */
export function measureCalls(options: MetricsOptions = {}): CallFilter {
  const { registry, name } = resolveOptions('The argument of measureCalls', options, 'hub')
  const durations =
    histograms.find(registry, CALL_DURATION.name) ??
    histograms.make(registry, { ...CALL_DURATION, labelNames: ['hub', 'method', 'outcome'] })
  return async ({ method }, next) => {
    const end = durations.startTimer({ hub: name })
    try {
      const answer = await next()
      end({ method, outcome: 'ok' })
      return answer
    } catch (error) {
      const { name, reason } = (error ?? {}) as {
        readonly name?: unknown
        readonly reason?: unknown
      }
      if (name === 'RefusedCallError') {
        end({ method: reason === 'unknown-method' ? '' : method, outcome: 'refused' })
      } else end({ method, outcome: name === 'HubError' ? 'hub-error' : 'error' })
      throw error
    }
  }
}
