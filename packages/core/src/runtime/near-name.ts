/**
 * The known name that a mistyped one most likely stands for, whatever its case.
 *
 * @returns `undefined` when more than one letter in three is different.
 */
export function nearName(name: string, known: readonly string[]): string | undefined {
  let best: string | undefined
  let least = Math.max(1, Math.floor(name.length / 3)) + 1
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase())
    if (distance >= least) continue
    best = candidate
    least = distance
  }
  return best
}

/**
 * The number of letters to insert, remove or replace, and of neighbours to swap, to turn one text into the
 * other (optimal string alignment).
 */
function editDistance(from: string, to: string): number {
  let above = Array.from({ length: to.length + 1 }, (_, column) => column)
  let twoAbove = above
  for (let row = 1; row <= from.length; row++) {
    const current = [row]
    for (let column = 1; column <= to.length; column++) {
      const replaced = at(above, column - 1) + (from[row - 1] === to[column - 1] ? 0 : 1)
      const removed = at(above, column) + 1
      const inserted = at(current, column - 1) + 1
      const isSwap = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
      const swapped = row > 1 && column > 1 && isSwap ? at(twoAbove, column - 2) + 1 : inserted
      current.push(Math.min(replaced, removed, inserted, swapped))
    }
    twoAbove = above
    above = current
  }
  return at(above, to.length)
}

function at(distances: readonly number[], column: number): number {
  // The columns are those of the loops above.
  return distances[column] as number
}
