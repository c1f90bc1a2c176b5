import { readFile } from 'node:fs/promises'
import { describe, expect, inject, test } from 'vitest'
import { readTarballs } from './tarball.ts'

const tarballs = await readTarballs(inject('tarballs'))

/** The public packages, what may be in each beside its build, and the most that it may take. */
const TABLE = [
  { name: /^@wirebeat\/adapter-(?!ws$)[\w-]+$/, kilobytes: 36 },
  // It reads most frames itself.
  { name: /^@wirebeat\/adapter-ws$/, kilobytes: 44 },
  { name: /^@wirebeat\/client$/, kilobytes: 34, also: /^dist\/cjs\/package\.json$/ },
  { name: /^@wirebeat\/conformance$/, kilobytes: 120 },
  { name: /^@wirebeat\/core$/, kilobytes: 150 },
  { name: /^@wirebeat\/http-transports$/, kilobytes: 32 },
  { name: /^@wirebeat\/hub$/, kilobytes: 90 },
  { name: /^@wirebeat\/backplane-[\w-]+$/, kilobytes: 14 },
  { name: /^@wirebeat\/prometheus$/, kilobytes: 10 },
  { name: /^@wirebeat\/topics$/, kilobytes: 44 },
  { name: /^@wirebeat\/demo$/, kilobytes: 60, also: /^bin\/wirebeat-demo\.js$/ },
]

const ALWAYS = /^(package\.json|README\.md|LICENSE|CHANGELOG\.md)$/
const BUILT = /^dist\/[\w./-]+\.(js|d\.ts|css|html)$/

test('the public packages are those of the table', () => {
  const names = tarballs.map(({ manifest }) => manifest.name)
  for (const name of names) expect(TABLE.filter((row) => row.name.test(name))).toHaveLength(1)
  for (const row of TABLE) expect(names.filter((name) => row.name.test(name))).not.toEqual([])
})

describe.each(tarballs)('$manifest.name', ({ manifest, packed, files }) => {
  const row = TABLE.find(({ name }) => name.test(manifest.name))

  test('its build, its README and its license are in the tarball, and nothing else', () => {
    const names = [...files.keys()]
    const isKnown = (name: string) =>
      ALWAYS.test(name) || BUILT.test(name) || row?.also?.test(name) === true
    expect(names.filter((name) => !isKnown(name))).toEqual([])
    expect(names).toEqual(expect.arrayContaining(['README.md', 'LICENSE', 'package.json']))
  })

  test('its license is that of the repository', async () => {
    const license = await readFile(new URL('../../../LICENSE', import.meta.url), 'utf8')
    expect(new TextDecoder().decode(files.get('LICENSE'))).toBe(license)
  })

  test(`its tarball takes at most ${row?.kilobytes} kB`, () => {
    console.log(`${manifest.name}: ${packed.length} bytes, ${files.size} files`)
    expect(packed.length).toBeGreaterThan(1_000)
    expect(packed.length).toBeLessThanOrEqual((row?.kilobytes ?? 0) * 1_000)
  })

  test('its manifest is complete, and names no other workspace', () => {
    expect(manifest).toMatchObject({
      license: 'MIT',
      type: 'module',
      engines: { node: '>=20.19' },
      publishConfig: { access: 'public', provenance: true },
      description: expect.stringMatching(/^[A-Z].+\.$/),
      keywords: expect.arrayContaining(['websocket']),
      exports: expect.objectContaining({ './package.json': './package.json' }),
    })
    expect(JSON.stringify(manifest)).not.toMatch(/"(workspace|catalog):/)
  })
})
