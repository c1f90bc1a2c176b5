import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: { dir: 'test/installed', globalSetup: 'test/installed/setup.ts', testTimeout: 120_000 },
})
