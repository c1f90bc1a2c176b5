import process from 'node:process'
import fc from 'fast-check'

/** One cut of a cable. Times are in parts of X. */
export interface PlannedCut {
  /** How long all have been connected before. */
  readonly rest: number
  readonly length: number
  /** Where it is cut, see `Cable`. */
  readonly end: 'near' | 'far'
}

const CUT = fc.record({
  rest: fc.double({ min: 0.1, max: 1.5, noNaN: true }),
  end: fc.constantFrom('near' as const, 'far' as const),
})

/**
 * Cuts at random moments, for several cables.
 *
 * @param lengths of the cuts of each cable, in some order
 */
export function planCuts(
  seed: number,
  cables: number,
  lengths: readonly number[],
): readonly (readonly PlannedCut[])[] {
  const count = lengths.length
  const cuts = fc
    .tuple(
      fc.array(CUT, { minLength: count, maxLength: count }),
      fc.array(fc.nat(), { minLength: count, maxLength: count }),
    )
    .map(([some, ranks]) => {
      const shuffled = lengths
        .map((length, index) => ({ length, rank: ranks[index] ?? 0 }))
        .toSorted((a, b) => a.rank - b.rank)
      return some.map((cut, index) => ({ ...cut, length: shuffled[index]?.length ?? 0 }))
    })
  // Without the bias towards extremes, which is for finding errors in values.
  return fc.sample(fc.noBias(cuts), { seed, numRuns: cables })
}

/**
 * What cuts are planned from: `WIREBEAT_SEED`, or left to chance.
 *
 * @throws RangeError for a seed that is no whole number.
 */
export function chooseSeed(): number {
  const value = process.env['WIREBEAT_SEED'] ?? ''
  if (value === '') return Math.floor(Math.random() * 2 ** 31)
  if (/^\d+$/.test(value)) return Number(value)
  throw new RangeError(`WIREBEAT_SEED is ${value}, expected a whole number`)
}
