import type { Adapter } from '@wirebeat/core/adapter'
import { attach } from './attach.ts'
import { missing } from './capabilities.ts'
import type { EngineApp } from './engine.ts'
import { listen } from './listen.ts'
import { loadEngine } from './load-engine.ts'

/** This adapter as one value, for programs that run several: tests, benchmarks and the compatibility table. */
export const adapter: Adapter<EngineApp> = {
  name: 'uws',
  engine: 'uWebSockets.js',
  missing,
  attach,
  listen,
  load: loadEngine,
}
