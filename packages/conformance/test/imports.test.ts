import { readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { expect, test } from 'vitest'

const SOURCES = join(import.meta.dirname, '../src')

/** What Node, Bun and Deno all have. */
const RUNTIME_MODULES = [
  'node:assert/strict',
  'node:crypto',
  'node:events',
  'node:fs/promises',
  'node:http2',
  'node:net',
  'node:os',
  'node:path',
  'node:process',
  'node:stream',
  'node:timers/promises',
  'node:tls',
  'node:worker_threads',
  'node:zlib',
]

const PACKAGES = [
  '@wirebeat/core',
  '@wirebeat/core/adapter',
  '@wirebeat/core/extension',
  '@wirebeat/core/testing',
  'fast-check',
  'selfsigned',
]

/** All that a file imports, itself and through the files that it imports. */
function importsOf(name: string): { readonly files: Set<string>; readonly others: Set<string> } {
  const files = new Set([join(SOURCES, name)])
  const others = new Set<string>()
  // A set goes on to what is added meanwhile.
  for (const file of files) {
    const source = readFileSync(file, 'utf8')
    // As the formatter writes them, on one line or on several; and calls.
    const pattern = /^(?:import|export|\})(?:.* from)? '(.+)'$|\b(?:import|require)\('(.+)'\)/gm
    for (const [, declared, called] of source.matchAll(pattern)) {
      const specifier = declared ?? called ?? ''
      if (specifier.startsWith('.')) files.add(join(dirname(file), specifier))
      else others.add(specifier)
    }
  }
  return { files, others }
}

const entries = ['index.ts', 'memory-target.ts'] as const

test.each(entries)('%s imports no vitest, and of Node only what Bun and Deno have too', (entry) => {
  const { files, others } = importsOf(entry)
  expect(files.size).toBeGreaterThan(5)
  expect([...others].filter((one) => ![...RUNTIME_MODULES, ...PACKAGES].includes(one))).toEqual([])
})

test('every module and package that is allowed is used', () => {
  const used = new Set(entries.flatMap((entry) => [...importsOf(entry).others]))
  expect([...RUNTIME_MODULES, ...PACKAGES].filter((one) => !used.has(one))).toEqual([])
})

test('what runtimes differ in is asked in one file', () => {
  const others = [...importsOf('index.ts').files].filter((file) => !file.endsWith('/runtime.ts'))
  const pattern = /\b(process|globalThis|global|Bun|Deno)\.\w|import\.meta|__dirname/
  const found = others.filter((file) => pattern.test(readFileSync(file, 'utf8')))
  expect(found.map((file) => relative(SOURCES, file))).toEqual([])
})
