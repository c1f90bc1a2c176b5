import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cases } from '@wirebeat/conformance'
import { expect, test } from 'vitest'
import { ROOT } from './pages.ts'

const design = readFileSync(join(ROOT, 'docs/design.md'), 'utf8')
const sections = [...design.matchAll(/^### (\d+)\. (.+)$/gm)].map(([, number, heading]) => ({
  number: Number(number),
  heading,
}))

test('the sections of the design are numbered from 1, without a gap', () => {
  expect(sections.length).toBeGreaterThan(0)
  expect(sections.map(({ number }) => number)).toEqual(sections.map((_, index) => index + 1))
})

test('every case of the battery that cites the design names a section that it has', () => {
  const citable = new Set(sections.map(({ number, heading }) => `Design ${number}: ${heading}`))
  const citing = cases.filter(({ section }) => section.startsWith('Design'))
  expect(citing.length).toBeGreaterThan(0)
  const wrong = citing.filter(({ section }) => !citable.has(section))
  expect(wrong.map(({ name, section }) => `${section} (${name})`)).toEqual([])
})
