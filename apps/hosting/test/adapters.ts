import * as uws from '@wirebeat/adapter-uws'
import * as ws from '@wirebeat/adapter-ws'

/** Every adapter: how it listens, and what its engine cannot do. */
export const adapters = [
  { name: 'ws', ...ws },
  { name: 'uws', ...uws },
] as const

/** One of them. */
export type Adapter = (typeof adapters)[number]
