import * as uws from '@wirebeat/adapter-uws'
import * as ws from '@wirebeat/adapter-ws'
import type { Capability, MissingCapabilities } from '@wirebeat/core/adapter'

/** An adapter: how it listens, and what its engine cannot do. */
export interface Adapter {
  readonly name: string
  readonly listen: typeof ws.listen | typeof uws.listen
  readonly missingCapabilities: MissingCapabilities
}

/** The engine has no binary for every version of Node. */
const hasEngine = await uws.loadEngine().then(
  () => true,
  () => false,
)

export const adapters: readonly Adapter[] = [
  { name: 'ws', ...ws },
  ...(hasEngine ? [{ name: 'uws', ...uws }] : []),
]

/** Whether the engine of an adapter can do something. */
export function can({ missingCapabilities }: Adapter, capability: Capability): boolean {
  return !(capability in missingCapabilities)
}
