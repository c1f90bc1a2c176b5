import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: { include: ['test/autobahn/autobahn.test.ts'], globalSetup: 'test/autobahn/pull.ts' },
})
