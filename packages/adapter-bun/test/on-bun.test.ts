import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { makeCertificate } from '@wirebeat/conformance/certificate'
import { expect, test } from 'vitest'
import { cases } from './on-bun.ts'
import { bun } from './runtime.ts'

const PROGRAM = fileURLToPath(new URL('on-bun.ts', import.meta.url))

/** What became of each case: its error, or null. */
let results: Promise<ReadonlyMap<string, string | null>> | undefined

async function run(): Promise<ReadonlyMap<string, string | null>> {
  const { cert, key } = await makeCertificate()
  const args = ['--no-install', PROGRAM, cert, key]
  const options = { encoding: 'utf8', timeout: 60_000 } as const
  const { status, stdout, stderr } = spawnSync(bun ?? '', args, options)
  if (status !== 0) throw new Error(`${stdout}${stderr}`)
  return new Map(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  )
}

test.each(Object.keys(cases))('%s', { timeout: 60_000 }, async (name) => {
  results ??= run()
  const result = await results
  expect(result.has(name)).toBe(true)
  expect(result.get(name)).toBeNull()
})
