import type { Adapter } from '@wirebeat/core/adapter'

/** Whether the engine of an adapter runs here: it may have no binary for this version of Node. */
export async function runsHere({ name, load }: Adapter): Promise<boolean> {
  try {
    await load?.()
    return true
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    console.warn(`Left out: adapter-${name}. ${why}`)
    return false
  }
}
