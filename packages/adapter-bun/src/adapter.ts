import type { Adapter } from '@wirebeat/core/adapter'
import { attach } from './attach.ts'
import { missing } from './capabilities.ts'
import { type BunOptions, loadEngine } from './engine.ts'
import { listen } from './listen.ts'

/** This adapter as one value, for programs that run several: tests, benchmarks and the compatibility table. */
export const adapter: Adapter<BunOptions> = {
  name: 'bun',
  engine: 'Bun.serve',
  missing,
  attach,
  listen,
  load: async () => loadEngine(),
}
