import { configDefaults, defineConfig } from 'vitest/config'
import { loadEngine } from './src/load-engine.ts'

const NEED_THE_ENGINE = [
  'test/attach.test.ts',
  'test/conformance.test.ts',
  'test/handshake-time.test.ts',
  'test/listen.test.ts',
  'test/unix-socket.test.ts',
]

/** The engine that the tests run on has no binary for every version of Node. */
const whyNot = await loadEngine().then(
  () => undefined,
  (error: Error) => error.message,
)
if (whyNot !== undefined) console.warn(`Left out: ${NEED_THE_ENGINE.join(', ')}. ${whyNot}`)

const leftOut = whyNot === undefined ? [] : NEED_THE_ENGINE

export default defineConfig({ test: { exclude: [...configDefaults.exclude, ...leftOut] } })
