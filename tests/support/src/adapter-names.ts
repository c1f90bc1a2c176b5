import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Adapter } from '@wirebeat/core/adapter'
import type { Runtime } from './runtime.ts'

// The list of adapters: the dependencies in this package's package.json, a line for each adapter. What
// else this package needs is a devDependency there.

const PREFIX = '@wirebeat/adapter-'

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>
}

// This package's own.
const { dependencies } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
) as Manifest

/** The short name of an adapter, such as `ws`. */
export type AdapterName = string

/** The names of all adapters there are, whether their engines run here or not. */
export const ADAPTERS: readonly AdapterName[] = Object.keys(dependencies).map((name) =>
  name.slice(PREFIX.length),
)

const { resolve } = createRequire(import.meta.url)

/** What runs the engine of an adapter, by the `engines` of its package. */
export function runtimeOf(name: AdapterName): Runtime {
  const file = resolve(`${PREFIX}${name}/package.json`)
  const { engines }: { engines: object } = JSON.parse(readFileSync(file, 'utf8'))
  return 'bun' in engines ? 'bun' : 'node'
}

/** Loads one adapter, and no other one's engine. */
export async function loadAdapter(name: AdapterName): Promise<Adapter> {
  const module: { readonly adapter: Adapter } = await import(`${PREFIX}${name}`)
  return module.adapter
}
