import { ADAPTERS, type AdapterName } from '@wirebeat/test-support/adapter-names'
import { KINDS, type Kind } from './fuzz-target.ts'

/** What to throw at a server. */
export interface Replay {
  readonly seed: number
  /** With these three, one batch alone, as a failure has named it. */
  readonly only?: { readonly kind: Kind; readonly adapter: AdapterName; readonly batch: number }
}

/**
 * Reads `WIREBEAT_SEED`: a seed, or `seed/kind-adapter/batch` as a failure prints it. Without it the
 * seed is left to chance.
 *
 * @throws RangeError for anything else.
 */
export function replayFrom({
  WIREBEAT_SEED: value = '',
}: Readonly<Record<string, string | undefined>>): Replay {
  if (value === '') return { seed: Math.floor(Math.random() * 2 ** 31) }
  const [number = '', what = '', batch = ''] = value.split('/')
  if (!/^-?\d+$/.test(number)) {
    throw new RangeError(
      `WIREBEAT_SEED is ${value}, expected a whole number or seed/kind-adapter/batch`,
    )
  }
  const seed = Number(number)
  const [kindName, adapterName] = what.split('-')
  const kind = KINDS.find((one) => one === kindName)
  const adapter = ADAPTERS.find((one) => one === adapterName)
  // The conformance kit names its cases in the same place; here such a value is a seed.
  if (kind === undefined || adapter === undefined || !/^\d+$/.test(batch)) return { seed }
  return { seed, only: { kind, adapter, batch: Number(batch) } }
}

/** The value of `WIREBEAT_SEED` that plays one batch again. */
export function describeReplay(
  seed: number,
  kind: Kind,
  adapter: AdapterName,
  batch: number,
): string {
  return `${seed}/${kind}-${adapter}/${batch}`
}
