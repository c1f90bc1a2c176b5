import type { Filter } from '@wirebeat/hub'
import { type CountedEndpoint, measureCalls, register } from '@wirebeat/prometheus'
import { collectDefaultMetrics, Registry } from 'prom-client'
import type { ChatClient } from './chat.ts'
import { type Resource, readPageFile } from './page.ts'

/** What `--metrics` adds: the figures of the endpoint for Prometheus and for people. */
export class Stats {
  readonly #registry = new Registry()

  /** Measures the calls of the chat too. */
  measureCalls(): Filter<ChatClient> {
    return measureCalls({ registry: this.#registry })
  }

  async resources(
    endpoint: CountedEndpoint,
    values: Readonly<Record<string, string>>,
  ): Promise<readonly [path: string, resource: Resource][]> {
    const registry = this.#registry
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
}
