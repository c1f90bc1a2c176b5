import { existsSync, readFileSync } from 'node:fs'
import { configDefaults, defineConfig } from 'vitest/config'
import { loadEngine } from './src/load-engine.ts'

const NEEDS_NO_ENGINE = ['test/load-engine.test.ts']

export default defineConfig({ test: { include: await included() } })

/** The engine that the tests run on has no binary for every version of Node. */
async function included(): Promise<string[]> {
  try {
    await loadEngine()
    return configDefaults.include
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    if (!isInstalled() || isInTable()) {
      console.error(
        'The tests of adapter-uws need uWebSockets.js, which is part of the installation and runs on ' +
          `this version of Node. npx -y pnpm@12 install --force brings it back. ${why}`,
      )
      process.exit(1)
    }
    console.warn(
      `Left out: the tests of adapter-uws, but for ${NEEDS_NO_ENGINE.join(', ')}. ${why}`,
    )
    return NEEDS_NO_ENGINE
  }
}

function isInstalled(): boolean {
  return existsSync(new URL('node_modules/uWebSockets.js/package.json', import.meta.url))
}

/** Whether the compatibility table says that the engine runs on this version of Node. */
function isInTable(): boolean {
  const [major] = process.versions.node.split('.')
  const table = new URL('../../docs/compatibility.json', import.meta.url)
  // As the conformance kit has written it.
  const columns = JSON.parse(readFileSync(table, 'utf8')) as readonly Record<string, unknown>[]
  return columns.some(
    ({ adapter, runtime }) => adapter === 'uWebSockets.js' && runtime === `Node ${major}`,
  )
}
