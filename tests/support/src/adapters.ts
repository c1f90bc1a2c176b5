import process from 'node:process'
import type { Adapter, Capability } from '@wirebeat/core/adapter'
import { ADAPTERS, loadAdapter, runtimeOf } from './adapter-names.ts'
import { runsHere } from './engine.ts'
import { RUNTIME_VARIABLES, runtimeCommand } from './runtime.ts'

const inside: Adapter[] = []
const outside: Adapter[] = []
for (const name of ADAPTERS) {
  const adapter = await loadAdapter(name)
  const runtime = runtimeOf(name)
  if (runtime !== 'node') outside.push(adapter)
  else if (await runsHere(adapter)) inside.push(adapter)
}

/** Every adapter whose engine runs in this process. */
export const adapters: readonly [Adapter, ...Adapter[]] = atLeastOne(inside)

/**
 * Every adapter whose engine runs here in a process of its own: those that Node runs, and those of the runtimes whose
 * programs are named. One that is left out is said in a line that begins with `Left out: `.
 *
 * @throws Error for one that is left out, where `WIREBEAT_OUTSIDERS` is `required`.
 */
export function adaptersInProcesses(): readonly Adapter[] {
  return [...adapters, ...outside.filter(({ name }) => isProgramNamed(name))]
}

function isProgramNamed(name: string): boolean {
  const runtime = runtimeOf(name)
  if (runtime === 'node' || runtimeCommand(runtime) !== undefined) return true
  const why = `${RUNTIME_VARIABLES[runtime]}, the path of its runtime, is not set.`
  if (process.env['WIREBEAT_OUTSIDERS'] === 'required') throw new Error(`adapter-${name}: ${why}`)
  console.warn(`Left out: adapter-${name}. ${why}`)
  return false
}

function atLeastOne([first, ...rest]: readonly Adapter[]): readonly [Adapter, ...Adapter[]] {
  if (first === undefined) throw new Error('No adapter has an engine that runs here.')
  return [first, ...rest]
}

/** Whether the engine of an adapter can do something. */
export function can({ missing }: Adapter, capability: Capability): boolean {
  return !(capability in missing)
}
