import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const deno = process.env['WIREBEAT_DENO']
const PROGRAM = fileURLToPath(import.meta.resolve('@wirebeat/conformance/program'))
const ADAPTER = fileURLToPath(import.meta.resolve('@wirebeat/adapter-ws'))
const FLAGS = ['--allow-all', '--no-config', '--no-remote', '--node-modules-dir=manual']

if (!deno) console.warn('Left out: adapter-ws on Deno. WIREBEAT_DENO, its path, is not set.')
const isNeeded = Boolean(deno) || process.env['WIREBEAT_OUTSIDERS'] === 'required'

/** Runs a program on Deno. */
function run(...args: readonly string[]) {
  const env = { ...process.env, DENO_NO_UPDATE_CHECK: '1' }
  return spawnSync(deno ?? '', args, { encoding: 'utf8', env })
}

test.runIf(isNeeded)('the battery passes on Deno', { timeout: 600_000 }, () => {
  const { status, stdout, stderr } = run('run', ...FLAGS, PROGRAM, ADAPTER, 'conformance-deno.json')
  expect(stdout.split('\n').filter((line) => /^(FAILED|UNCAUGHT)/.test(line))).toEqual([])
  expect({ status, stdout, stderr }).toMatchObject({ status: 0 })
})

test.runIf(isNeeded)(
  'compression is refused on Deno, where one frame would end the process',
  () => {
    const program = `
    import { createServer } from 'node:http'
    import { attach } from '${ADAPTER}'
    import { createEndpoint, echo } from '@wirebeat/core'
    attach(createServer(), createEndpoint({ session: echo(), compression: true }))`
    const { status, stderr } = run('eval', '--no-config', '--node-modules-dir=manual', program)
    expect(status).toBe(1)
    expect(stderr).toContain(
      'compression must be false on this engine, got true. On Deno, compressed data that cannot be inflated ends the process.',
    )
  },
)
