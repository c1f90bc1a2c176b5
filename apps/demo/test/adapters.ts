import { loadEngine } from '@wirebeat/adapter-uws'

// The engine has no binary for every version of Node.
const hasEngine = await loadEngine().then(
  () => true,
  () => false,
)

/** By the names of the command line. */
export const adapters = [
  { adapter: 'ws', canRun: true },
  { adapter: 'uws', canRun: hasEngine },
] as const
