import process from 'node:process'
import { setImmediate } from 'node:timers/promises'

/** Enough for what one collection leaves to the next. */
const COLLECTIONS = 4

/**
 * The memory of this process after garbage collections.
 *
 * @param collect Default: that of the runtime, for which V8 must be started with `--expose-gc`
 */
export async function collectedMemory(
  collect: () => unknown = collectGarbage,
): Promise<NodeJS.MemoryUsage> {
  for (let count = 0; count < COLLECTIONS; count++) {
    await collect()
    await setImmediate()
  }
  return process.memoryUsage()
}

function collectGarbage(): void {
  // What a runtime adds to the global object beyond the standard.
  const runtime = globalThis as { gc?: () => void; Bun?: { gc(force: boolean): void } }
  if (runtime.Bun !== undefined) runtime.Bun.gc(true)
  else runtime.gc?.()
}
