import type { Server } from 'node:http'
import type { Server as SecureServer } from 'node:https'
import type { Adapter } from '@wirebeat/core/adapter'
import { attach } from './attach.ts'
import { missing } from './capabilities.ts'
import { listen } from './listen.ts'

/** This adapter as one value, for programs that run several: tests, benchmarks and the compatibility table. */
export const adapter: Adapter<Server | SecureServer> = {
  name: 'ws',
  engine: 'ws',
  missing,
  attach,
  listen,
}
