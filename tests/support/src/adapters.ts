import * as uws from '@wirebeat/adapter-uws'
import * as ws from '@wirebeat/adapter-ws'
import type { Capability } from '@wirebeat/core/adapter'

/** The engine has no binary for every version of Node. */
const whyNot = await uws.loadEngine().then(
  () => undefined,
  (error: Error) => error.message,
)
if (whyNot !== undefined) console.warn(`The adapter uws is left out. ${whyNot}`)

/** Every adapter: how it listens, and what its engine cannot do. */
export const adapters: readonly [Adapter, ...Adapter[]] =
  whyNot === undefined
    ? [
        { name: 'ws', ...ws },
        { name: 'uws', ...uws },
      ]
    : [{ name: 'ws', ...ws }]

/** One of them. */
export type Adapter = { readonly name: 'ws' | 'uws' } & (typeof ws | typeof uws)

/** Whether the engine of an adapter can do something. */
export function can({ adapter }: Adapter, capability: Capability): boolean {
  return !(capability in adapter.missing)
}
