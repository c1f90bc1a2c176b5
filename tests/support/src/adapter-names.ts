export const ADAPTERS = ['ws', 'uws'] as const

export type AdapterName = (typeof ADAPTERS)[number]

/** Loads one adapter, and with it the engine of that one alone. */
export function loadAdapter(
  name: AdapterName,
): Promise<typeof import('@wirebeat/adapter-ws') | typeof import('@wirebeat/adapter-uws')> {
  return name === 'ws' ? import('@wirebeat/adapter-ws') : import('@wirebeat/adapter-uws')
}
