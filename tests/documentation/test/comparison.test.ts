import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ROOT } from './pages.ts'

const text = readFileSync(join(ROOT, 'docs/comparison.md'), 'utf8')

/** The name of each row of the tables, and what it says of Wirebeat. */
const rows = text
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| --- ') && !line.startsWith('|  |'))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, name = '', own = '']) => ({ name, own }))

/** Where tests live: a file of tests, or a file of cases that a test runs. */
const IS_TEST = /^\.\.\/(?:packages\/conformance\/src\/cases\/[\w-]+|[\w/-]+\.test)\.ts$/

test('there are rows, some of them without anything to show', () => {
  expect(rows.length).toBeGreaterThan(30)
  expect(rows.filter(({ own }) => own === '**no**').length).toBeGreaterThan(3)
})

test.each(rows)('what docs/comparison.md says of $name leads to a test, or is a no', ({ own }) => {
  if (own === '**no**') return
  const links = [...own.matchAll(/\]\(([^)]+)\)/g)].map(([, link = '']) => link)
  const tests = links.filter((link) => IS_TEST.test(link))
  expect(tests).not.toEqual([])
  for (const link of tests) expect(existsSync(join(ROOT, 'docs', link))).toBe(true)
})
