import { readFileSync } from 'node:fs'
import process from 'node:process'
import type { Adapter } from '@wirebeat/core/adapter'

/** A column of the compatibility table. */
interface Column {
  readonly adapter: string
  readonly runtime: string
}

/**
 * Whether the engine of an adapter runs here. An engine may have no binary for this version of Node,
 * which is said in a line that begins with `Left out: `.
 *
 * @throws Error when it does not run where the compatibility table says that it does.
 */
export async function runsHere({ name, engine, load }: Adapter): Promise<boolean> {
  try {
    await load?.()
    return true
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    if (isInTable(engine)) {
      throw new Error(
        `${engine} has to run on Node ${process.versions.node}, by docs/compatibility.md, and does not. ` +
          `npx -y pnpm@12 install --force brings it back. ${why}`,
        { cause: error },
      )
    }
    console.warn(`Left out: adapter-${name}. ${why}`)
    return false
  }
}

function isInTable(engine: string): boolean {
  const [major] = process.versions.node.split('.')
  const table = new URL('../../../docs/compatibility.json', import.meta.url)
  // As the conformance kit has written it.
  const columns = JSON.parse(readFileSync(table, 'utf8')) as readonly Column[]
  return columns.some(({ adapter, runtime }) => adapter === engine && runtime === `Node ${major}`)
}
