import { loadEngine } from '@wirebeat/adapter-uws'
import { configDefaults, defineConfig } from 'vitest/config'

const NEED_THE_ENGINE = ['test/uws.test.ts']

/** The engine that the tests run on has no binary for every version of Node. */
const whyNot = await loadEngine().then(
  () => undefined,
  (error: Error) => error.message,
)
if (whyNot !== undefined) console.warn(`Left out: ${NEED_THE_ENGINE.join(', ')}. ${whyNot}`)

const leftOut = whyNot === undefined ? [] : NEED_THE_ENGINE

export default defineConfig({ test: { exclude: [...configDefaults.exclude, ...leftOut] } })
