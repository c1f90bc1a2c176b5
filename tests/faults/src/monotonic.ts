import { readFileSync } from 'node:fs'
import process from 'node:process'

/**
 * Milliseconds on the monotonic clock of the machine: the same for all of its processes, where
 * `performance.now()` counts from the start of each.
 */
export function monotonic(): number {
  return performance.now() + OFFSET
}

// On Bun `hrtime` counts from the start of the process as well.
const OFFSET =
  'bun' in process.versions
    ? Math.max(...Array.from({ length: 5 }, offsetAtTick))
    : Number(process.hrtime.bigint()) / 1e6 - performance.now()

/** Linux tells hundredths of a second since it began. The offset is right when they change, and else too small. */
function offsetAtTick(): number {
  const before = uptime()
  for (;;) {
    const now = uptime()
    if (now !== before) return now - performance.now()
  }
}

function uptime(): number {
  return Number.parseFloat(readFileSync('/proc/uptime', 'latin1')) * 1_000
}
