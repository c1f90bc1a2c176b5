import type { Adapter, Capability } from '@wirebeat/core/adapter'
import { ADAPTERS, loadAdapter } from './adapter-names.ts'
import { runsHere } from './engine.ts'

const found: Adapter[] = []
for (const name of ADAPTERS) {
  const adapter = await loadAdapter(name)
  if (await runsHere(adapter)) found.push(adapter)
}

/** Every adapter whose engine runs here. */
export const adapters: readonly [Adapter, ...Adapter[]] = atLeastOne(found)

function atLeastOne([first, ...rest]: readonly Adapter[]): readonly [Adapter, ...Adapter[]] {
  if (first === undefined) throw new Error('No adapter has an engine that runs here.')
  return [first, ...rest]
}

/** Whether the engine of an adapter can do something. */
export function can({ missing }: Adapter, capability: Capability): boolean {
  return !(capability in missing)
}
