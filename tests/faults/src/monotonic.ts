/**
 * Milliseconds on the monotonic clock of the machine: the same for all of its processes, where
 * `performance.now()` counts from the start of each.
 */
export function monotonic(): number {
  return performance.now() + OFFSET
}

const OFFSET = Number(process.hrtime.bigint()) / 1e6 - performance.now()
