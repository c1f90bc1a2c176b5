import type { Endpoint } from '@wirebeat/core'
import { Metrics } from './metrics.ts'
import { type PageFile, type Resource, readPageFile } from './page.ts'

/** What `--metrics` adds to the page: the endpoint's figures for Prometheus, and for a person. */
export async function readStats(
  endpoint: Pick<Endpoint, 'stats' | 'on'>,
  values: Readonly<Record<string, string>>,
): Promise<ReadonlyMap<string, Resource>> {
  const metrics = new Metrics(endpoint)
  return new Map<string, Resource>([
    ['/stats', await readPageFile('stats.html', values)],
    ['/stats.css', await readPageFile('stats.css')],
    ['/stats-page.js', await readPageFile('stats-page.js')],
    ['/stats.json', () => jsonFile(endpoint.stats())],
    ['/metrics', async () => ({ type: metrics.contentType, body: await metrics.text() })],
  ])
}

function jsonFile(value: unknown): PageFile {
  return { type: 'application/json', body: JSON.stringify(value) }
}
