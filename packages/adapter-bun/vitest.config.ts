import { configDefaults, defineConfig } from 'vitest/config'
import { bun } from './test/runtime.ts'

const NEEDS_NO_BUN = ['test/engine.test.ts', 'test/transport.test.ts']

export default defineConfig({ test: { include: included() } })

function included(): string[] {
  if (bun !== undefined) return configDefaults.include
  const why = 'WIREBEAT_BUN, the path of the program Bun, is not set.'
  if (process.env['WIREBEAT_OUTSIDERS'] === 'required') throw new Error(why)
  console.warn(`Left out: the tests of adapter-bun, but for ${NEEDS_NO_BUN.join(', ')}. ${why}`)
  return NEEDS_NO_BUN
}
