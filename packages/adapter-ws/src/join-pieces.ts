/** Pieces from this size on stay as they are: they take up half of what is read at once, or more. */
const LARGE = 32 * 1024

/**
 * Makes pieces of bytes, in their order, hold little more memory than they have bytes, and makes few of
 * many. A piece of some bytes holds all that was read with it, and an object for each byte holds hundreds.
 *
 * Of neighbours that are not large, each has less than half of the bytes of the one before it. So a byte is
 * copied a few times at most, however small the pieces are that it comes in.
 *
 * @param settled how many of the first pieces this has returned before
 * @returns how many there are now
 */
export function joinPieces(pieces: Buffer[], settled: number): number {
  const fresh = pieces.splice(settled)
  let run: Buffer[] = []
  for (const piece of fresh) {
    if (piece.length < LARGE) {
      run.push(piece)
      continue
    }
    add(pieces, run)
    run = []
    pieces.push(piece)
  }
  add(pieces, run)
  return pieces.length
}

/** Adds neighbours as one piece, together with what is small enough before them. */
function add(pieces: Buffer[], run: Buffer[]): void {
  if (run.length === 0) return
  let size = run.reduce((sum, { length }) => sum + length, 0)
  for (let last = pieces.at(-1); last !== undefined; last = pieces.at(-1)) {
    if (last.length >= LARGE || last.length >= 2 * size) break
    size += last.length
    run.unshift(last)
    pieces.pop()
  }
  const [first] = run
  const isSettled = run.length === 1 && first !== undefined && holdsNoMore(first)
  pieces.push(isSettled ? first : joined(run, size))
}

function holdsNoMore({ length, buffer }: Buffer): boolean {
  return buffer.byteLength <= 2 * length
}

function joined(pieces: readonly Buffer[], size: number): Buffer {
  // Not from the memory that small buffers share, because that would be held as well.
  const target = Buffer.allocUnsafeSlow(size)
  let end = 0
  for (const piece of pieces) {
    target.set(piece, end)
    end += piece.length
  }
  return target
}
