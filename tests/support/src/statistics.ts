/** The middle of the values, or the mean of the two middle ones; `undefined` where there are none. */
export function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle]
  const lower = sorted.length % 2 === 0 ? sorted[middle - 1] : upper
  return upper === undefined || lower === undefined ? undefined : (lower + upper) / 2
}

/**
 * The smallest value that at least this share of all values does not exceed (nearest rank).
 *
 * @param sorted in ascending order
 * @param share above 0 and at most 1
 */
export function percentile(sorted: ArrayLike<number>, share: number): number | undefined {
  // Ten digits, so that 0.999 of 1000 is the 999th and not, for want of a bit, the 1000th.
  const rank = Math.ceil(Number((share * sorted.length).toFixed(10)))
  return sorted[Math.max(rank, 1) - 1]
}
