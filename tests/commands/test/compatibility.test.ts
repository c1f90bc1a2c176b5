import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeEach, expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const SCRIPT = join(ROOT, 'scripts/compatibility.js')
const READ = ['README.md', 'docs/compatibility.json', 'docs/compatibility.md']

interface Column {
  readonly adapter: string
  readonly runtime: string
}

// As the conformance kit has written it.
const columns = JSON.parse(
  readFileSync(join(ROOT, 'docs/compatibility.json'), 'utf8'),
) as readonly Column[]
const runtime = `Node ${process.versions.node.split('.')[0]}`
const here = columns.filter((column) => column.runtime === runtime)

const folder = mkdtempSync(join(tmpdir(), 'wirebeat-compatibility-'))
afterAll(() => rmSync(folder, { recursive: true }))

beforeEach(() => {
  rmSync(folder, { recursive: true })
  mkdirSync(join(folder, 'packages'), { recursive: true })
  for (const path of READ) cpSync(join(ROOT, path), join(folder, path))
  const dependencies = Object.fromEntries(here.map((_, n) => [`@wirebeat/adapter-${n}`, '*']))
  write('tests/support', 'package.json', { dependencies })
})

function write(path: string, name: string, value: unknown): void {
  mkdirSync(join(folder, path), { recursive: true })
  writeFileSync(join(folder, path, name), JSON.stringify(value))
}

/** Checks the table on a machine that has no runtime beside this one. */
function check(): { readonly said: string; readonly status: number | null } {
  const { stdout, stderr, status } = spawnSync(process.execPath, [SCRIPT, 'check'], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] },
  })
  return { said: `${stdout}${stderr}`, status }
}

function leaveResults(results: readonly unknown[]): void {
  results.forEach((one, n) => {
    write(`packages/adapter-${n}`, 'conformance.json', one)
  })
}

test.skipIf(here.length === 0)('results that are those of the table pass', () => {
  leaveResults(here)
  expect(check()).toEqual({ said: '', status: 0 })
})

test.skipIf(here.length === 0)(
  'a column of this runtime without results fails, by its name',
  () => {
    leaveResults(here.slice(1))
    const { said, status } = check()
    expect(said).toContain(
      `has a column for ${here[0]?.adapter} on ${runtime}, and the tests have left`,
    )
    expect(status).toBe(1)
  },
)

test.skipIf(here.length === 0)('other results than those of the table fail', () => {
  leaveResults([{ ...here[0], groups: {} }, ...here.slice(1)])
  expect(check()).toMatchObject({ status: 1, said: expect.stringContaining('is out of date') })
})

test('no results at all fail on any runtime', () => {
  expect(check()).toMatchObject({
    status: 1,
    said: expect.stringContaining('have left no results'),
  })
})
