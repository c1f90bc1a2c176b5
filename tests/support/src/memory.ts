import process from 'node:process'
import { setImmediate } from 'node:timers/promises'

/** Enough for what one collection leaves to the next. */
const COLLECTIONS = 4

/**
 * The memory of this process after garbage collections.
 *
 * @param collect Default: the one of V8, for which a process must be started with `--expose-gc`.
 */
export async function collectedMemory(
  collect: () => void = () => globalThis.gc?.(),
): Promise<NodeJS.MemoryUsage> {
  for (let count = 0; count < COLLECTIONS; count++) {
    collect()
    await setImmediate()
  }
  return process.memoryUsage()
}
