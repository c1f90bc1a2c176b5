import { configDefaults, defineConfig } from 'vitest/config'

const isLeftOut =
  process.env['WIREBEAT_OUTSIDERS'] !== 'required' && !process.env['WIREBEAT_CHROMIUM']
if (isLeftOut) {
  console.warn('Left out: browser/. WIREBEAT_CHROMIUM, the path of a Chromium, is not set.')
}

export default defineConfig({
  test: {
    exclude: [...configDefaults.exclude, ...(isLeftOut ? ['browser/**'] : [])],
    // What a test waits for is there at once, or late on a machine that is busy.
    expect: { poll: { timeout: 15_000 } },
    // They wait more than they work, also on two cores.
    maxWorkers: 2,
  },
})
