import { configDefaults, defineConfig } from 'vitest/config'

const BROWSERS = [
  { name: 'Chromium', variable: 'WIREBEAT_CHROMIUM', tests: 'browser/*.test.ts' },
  { name: 'Firefox', variable: 'WIREBEAT_FIREFOX', tests: 'browser/firefox/*.test.ts' },
]
const leftOut = BROWSERS.filter(
  ({ variable }) => process.env['WIREBEAT_OUTSIDERS'] !== 'required' && !process.env[variable],
)
for (const { name, variable } of leftOut) {
  console.warn(`Left out: the pages in ${name}. ${variable}, its path, is not set.`)
}

export default defineConfig({
  test: {
    exclude: [...configDefaults.exclude, ...leftOut.map(({ tests }) => tests)],
    // What a test waits for is there at once, or late on a machine that is busy.
    expect: { poll: { timeout: 15_000 } },
    // They wait more than they work, also on two cores.
    maxWorkers: 2,
  },
})
