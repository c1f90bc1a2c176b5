import type { Endpoint } from '@wirebeat/core'
import { Metrics } from './metrics.ts'
import { type Resource, readPageFile } from './page.ts'

/** The resources that `--metrics` adds: the figures of the endpoint for Prometheus and for people. */
export async function readStats(
  endpoint: Pick<Endpoint, 'stats' | 'on'>,
  values: Readonly<Record<string, string>>,
): Promise<readonly [path: string, resource: Resource][]> {
  const metrics = new Metrics(endpoint)
  return [
    ['/stats', await readPageFile('stats.html', values)],
    ['/stats.css', await readPageFile('stats.css')],
    ['/stats-page.js', await readPageFile('stats-page.js')],
    ['/stats.json', () => ({ type: 'application/json', body: JSON.stringify(endpoint.stats()) })],
    ['/metrics', async () => ({ type: metrics.contentType, body: await metrics.text() })],
  ]
}
