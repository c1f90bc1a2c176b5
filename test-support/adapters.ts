// As built, because this folder is no package and has no dependencies.
import * as uws from '../packages/adapter-uws/dist/index.js'
import * as ws from '../packages/adapter-ws/dist/index.js'
import type { Capability } from '../packages/core/dist/adapter.js'

/** The engine has no binary for every version of Node. */
const whyNot = await uws.loadEngine().then(
  () => undefined,
  (error: Error) => error.message,
)
if (whyNot !== undefined) console.warn(`The adapter uws is left out. ${whyNot}`)

/** Every adapter: how it listens, and what its engine cannot do. */
export const adapters = [
  { name: 'ws', ...ws } as const,
  ...(whyNot === undefined ? [{ name: 'uws', ...uws } as const] : []),
] as const

/** One of them. */
export type Adapter = (typeof adapters)[number]

/** Whether the engine of an adapter can do something. */
export function can({ missingCapabilities }: Adapter, capability: Capability): boolean {
  return !(capability in missingCapabilities)
}
