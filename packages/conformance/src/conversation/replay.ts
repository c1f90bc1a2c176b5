/** Which random conversations to play. */
export interface Replay {
  readonly seed: number
  /** With these two, one conversation of this kind alone, as a failure has named it. */
  readonly kind?: string
  readonly path?: string
}

/** One seed for all cases of a run, so that a failure can name it. */
const RANDOM_SEED = Math.floor(Math.random() * 2 ** 31)

/**
 * Reads `WIREBEAT_SEED`: a seed, or `seed/kind/path` as a failed case prints it. Without it the seed
 * is left to chance.
 *
 * @throws RangeError for a seed that is no whole number.
 */
export function replayFrom({
  WIREBEAT_SEED: value = '',
}: Readonly<Record<string, string | undefined>>): Replay {
  if (value === '') return { seed: RANDOM_SEED }
  const [number = '', kind, path] = value.split('/')
  if (!/^-?\d+$/.test(number)) {
    throw new RangeError(`WIREBEAT_SEED is ${value}, expected a whole number or seed/kind/path`)
  }
  const seed = Number(number)
  return kind === undefined || path === undefined ? { seed } : { seed, kind, path }
}
