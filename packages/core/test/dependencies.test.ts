import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')

/** What a file imports, in any of the ways that there are. */
function specifiers(source: string): string[] {
  // Comments stay in: a path within them is none, and cutting them out could cut out code.
  const pattern = /(?:\bfrom|\bimport|\brequire)\s*\(?\s*(["'`])([^"'`\n]+)\1/g
  return [...source.matchAll(pattern)].flatMap(([, , specifier]) => specifier ?? [])
}

function filesIn(folder: string, ending: string): string[] {
  const path = join(root, folder)
  if (!existsSync(path)) return []
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => join(path, name))
}

describe('the search for imports', () => {
  test.each([
    [`import { a } from 'a'`, ['a']],
    [`import a from "a"`, ['a']],
    [`import 'node:fs'`, ['node:fs']],
    [`import type { A } from 'a'`, ['a']],
    [`export { a } from 'a'`, ['a']],
    [`export * from './a.ts'`, ['./a.ts']],
    [`import {\n  a,\n  b,\n} from 'a'`, ['a']],
    [`const a = await import('a')`, ['a']],
    ['const a = await import(`a`)', ['a']],
    [`type A = import('a').A`, ['a']],
    [`const a = require('a')`, ['a']],
    [`import a from'a';import"b"`, ['a', 'b']],
    [`const important = 'a'`, []],
  ])('finds in %j: %j', (source, found) => {
    expect(specifiers(source)).toEqual(found)
  })
})

describe('core', () => {
  test.each(['dependencies', 'peerDependencies', 'optionalDependencies', 'bundledDependencies'])(
    'declares no %s',
    (field) => {
      const manifest: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
      expect(manifest).not.toHaveProperty(field)
    },
  )

  const sources = filesIn('src', '.ts')
  const built = [...filesIn('dist', '.js'), ...filesIn('dist', '.d.ts')]

  test('has sources to look through', () => {
    expect(sources.length).toBeGreaterThan(10)
    expect(
      sources.flatMap((file) => specifiers(readFileSync(file, 'utf8'))).length,
    ).toBeGreaterThan(sources.length)
  })

  test.each([...sources, ...built].map((file) => file.slice(root.length + 1)))(
    'imports nothing but its own files in %s',
    (file) => {
      const foreign = specifiers(readFileSync(join(root, file), 'utf8')).filter(
        (specifier) => !/^\.\.?\//.test(specifier),
      )
      expect(foreign).toEqual([])
    },
  )
})
