import { type CountedEndpoint, register } from '@wirebeat/prometheus'
import { collectDefaultMetrics, type Registry } from 'prom-client'
import { type Resource, readPageFile } from './page.ts'

/**
 * The resources that `--metrics` adds: the figures of the endpoint for Prometheus and for people.
 *
 * @param registry is given the figures, and may have others
 */
export async function readStats(
  endpoint: CountedEndpoint,
  registry: Registry,
  values: Readonly<Record<string, string>>,
): Promise<readonly [path: string, resource: Resource][]> {
  register(endpoint, { registry })
  // The event loop and the memory of the process, which often explain slow answers.
  collectDefaultMetrics({ register: registry })
  return [
    ['/stats', await readPageFile('stats.html', values)],
    ['/stats.css', await readPageFile('stats.css')],
    ['/stats-page.js', await readPageFile('stats-page.js')],
    ['/stats.json', () => ({ type: 'application/json', body: JSON.stringify(endpoint.stats()) })],
    ['/metrics', async () => ({ type: registry.contentType, body: await registry.metrics() })],
  ]
}
