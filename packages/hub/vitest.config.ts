import { defineConfig } from 'vitest/config'

// Tests of memory measure what is left after collections.
export default defineConfig({ test: { execArgv: ['--expose-gc'] } })
