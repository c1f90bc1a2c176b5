import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { bun } from './runtime.ts'

const PROGRAM = fileURLToPath(import.meta.resolve('@wirebeat/conformance/program'))
const ADAPTER = fileURLToPath(import.meta.resolve('@wirebeat/adapter-bun'))

test('the battery passes on Bun', { timeout: 600_000 }, () => {
  const args = ['--no-install', PROGRAM, ADAPTER, 'conformance.json']
  const { status, stdout, stderr } = spawnSync(bun ?? '', args, { encoding: 'utf8' })
  expect(stdout.split('\n').filter((line) => /^(FAILED|UNCAUGHT)/.test(line))).toEqual([])
  expect({ status, stdout, stderr }).toMatchObject({ status: 0 })
})
