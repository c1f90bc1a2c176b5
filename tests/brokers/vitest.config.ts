import { defineConfig } from 'vitest/config'

// The backplane on Redis is tried with each release of the client that it supports.
export default defineConfig({
  test: {
    // They wait more than they work, also on two cores.
    maxWorkers: 2,
    projects: [
      { test: { name: 'the newest clients' } },
      {
        resolve: { alias: { redis: 'redis-5' } },
        test: {
          name: 'redis 5',
          include: ['test/redis*.test.ts', 'test/rights.test.ts'],
          // So that the alias holds for what it imports, too.
          server: { deps: { inline: [/backplane-redis/] } },
        },
      },
    ],
  },
})
