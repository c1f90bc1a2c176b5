import { configDefaults, defineConfig } from 'vitest/config'
import { loadEngine } from './src/load-engine.ts'

const NEEDS_NO_ENGINE = ['test/load-engine.test.ts']

/** The engine that the tests run on has no binary for every version of Node. */
const whyNot = await loadEngine().then(
  () => undefined,
  (error: Error) => error.message,
)
if (whyNot !== undefined) console.warn(`Only ${NEEDS_NO_ENGINE.join(', ')}. ${whyNot}`)

export default defineConfig({
  test: { include: whyNot === undefined ? configDefaults.include : NEEDS_NO_ENGINE },
})
