import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const deno = process.env['WIREBEAT_DENO']
const PROGRAM = fileURLToPath(new URL('./dist/deno-serve-battery.js', import.meta.url))

if (!deno) console.warn('Left out: deno-serve.ts. WIREBEAT_DENO, the path of Deno, is not set.')
const isNeeded = Boolean(deno) || process.env['WIREBEAT_OUTSIDERS'] === 'required'

test.runIf(isNeeded)('deno-serve: passes the cases that it names', { timeout: 300_000 }, () => {
  const flags = ['--allow-all', '--no-config', '--no-remote', '--node-modules-dir=manual']
  const env = { ...process.env, DENO_NO_UPDATE_CHECK: '1' }
  const options = { encoding: 'utf8', env } as const
  const { status, stdout } = spawnSync(deno ?? '', ['run', ...flags, PROGRAM], options)
  expect(stdout.split('\n').filter((line) => /^(FAILED|UNCAUGHT)/.test(line))).toEqual([])
  expect(stdout).toMatch(/^Deno\.serve on Deno \d+: [1-9]\d+ passed, 0 failed, /m)
  expect(status).toBe(0)
})
