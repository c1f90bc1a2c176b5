/** A part of something that can be cut, such as a list or bytes. */
interface Sequence<Self> {
  readonly length: number
  slice(start: number, end?: number): Self
}

/**
 * Leaves out part after part, large ones first, for as long as what is left still fails.
 *
 * @param fails whether a smaller one fails as well
 * @param join puts two parts together
 * @param deadline on the clock of `performance.now()`; what was found by then is returned
 */
export async function minimise<Self extends Sequence<Self>>(
  whole: Self,
  fails: (candidate: Self) => Promise<boolean>,
  join: (before: Self, after: Self) => Self,
  deadline: number,
): Promise<Self> {
  let least = whole
  for (let size = Math.ceil(whole.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at < least.length; ) {
      if (performance.now() > deadline) return least
      const candidate = join(least.slice(0, at), least.slice(at + size))
      if (candidate.length > 0 && (await fails(candidate))) least = candidate
      else at += size
    }
  }
  return least
}
