/** A curve in a box: its path, and what the top of the box stands for. */
export interface Plot {
  readonly path: string
  readonly top: number
}

/**
 * The path of an SVG for the last samples, the newest at the right edge, 0 at the bottom.
 *
 * @param capacity how many samples are as wide as the box
 */
export function plotPath(
  samples: readonly number[],
  { width, height, capacity }: { width: number; height: number; capacity: number },
): Plot {
  const shown = samples.slice(-capacity)
  const top = niceTop(Math.max(0, ...shown))
  const step = width / (capacity - 1)
  const points = shown.map((sample, i) => {
    const x = width - (shown.length - 1 - i) * step
    return `${round(x)} ${round(height - (sample / top) * height)}`
  })
  const [first = ''] = points
  // A single sample is a dot: a line without length, with round ends.
  if (points.length === 1) return { path: `M${first}h0`, top }
  return { path: points.length === 0 ? '' : `M${points.join('L')}`, top }
}

/** The next of 1, 2, 5, 10, 20, 50, … at or above a value. */
function niceTop(value: number): number {
  if (value <= 1) return 1
  const power = 10 ** Math.floor(Math.log10(value))
  const factor = [1, 2, 5, 10].find((step) => step * power >= value) ?? 10
  return factor * power
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
