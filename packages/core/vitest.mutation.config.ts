import { defineConfig } from 'vitest/config'

// The same examples for every mutant, or what survives would change from run to run.
export default defineConfig({
  test: { testTimeout: 30_000, setupFiles: ['test/support/one-seed.ts'] },
})
