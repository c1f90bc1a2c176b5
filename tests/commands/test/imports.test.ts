import { describe, expect, test } from 'vitest'
import { lint } from './lint.ts'

const FOLDERS = [
  'endpoint',
  'session',
  'connection',
  'handshake',
  'address',
  'heartbeat',
  'runtime',
]

/** A file of the repository, and what it imports. */
type Import = readonly [file: string, specifier: string]
/** The same, and a part of what is said of it. */
type RefusedImport = readonly [...Import, why: string]

const UP: readonly RefusedImport[] = FOLDERS.flatMap((from, place) =>
  FOLDERS.slice(0, place).map(
    (above): RefusedImport => [
      `packages/core/src/${from}/imports-${above}.ts`,
      `../${above}/a.ts`,
      `${from} may import only itself`,
    ],
  ),
)

const DOWN: readonly Import[] = FOLDERS.flatMap((from, place) =>
  FOLDERS.slice(place).map(
    (to): Import => [
      `packages/core/src/${from}/imports-${to}.ts`,
      to === from ? './a.ts' : `../${to}/a.ts`,
    ],
  ),
)

const FOR_TESTS: readonly Import[] = FOLDERS.map((to) => [
  `packages/core/src/testing/imports-${to}.ts`,
  `../${to}/a.ts`,
])

const REFUSED: readonly RefusedImport[] = [
  ...UP,
  // testing/ is for tests alone.
  ['packages/core/src/endpoint/a.ts', '../testing/a.ts', 'endpoint may import only itself'],
  ['packages/core/src/index.ts', './testing/a.ts', 'only testing.ts'],
  // Nobody imports an entry.
  ['packages/core/src/endpoint/b.ts', '../index.ts', 'endpoint may import only itself'],
  ['packages/core/src/testing/a.ts', '../adapter.ts', 'testing may import each folder'],
  ['packages/core/src/adapter.ts', './index.ts', 'An entry exports'],
  ['packages/core/src/extension.ts', './testing/a.ts', 'only testing.ts'],
  ['packages/core/src/testing.ts', './index.ts', 'An entry exports'],
  // From package to package.
  ['packages/core/src/runtime/a.ts', '@wirebeat/client', 'runtime may import only itself'],
  ['packages/core/src/runtime/b.ts', 'node:net', 'runtime may import only itself'],
  ['packages/client/src/a.ts', '@wirebeat/core', 'The client imports nothing.'],
  ['packages/client/src/b.ts', 'node:net', 'The client imports nothing.'],
  ['packages/client/src/c.ts', 'react', 'The client imports nothing.'],
  ['packages/client/src/react.ts', 'react-dom', 'the client and React alone'],
  ['packages/adapter-new/src/a.ts', '@wirebeat/adapter-ws', 'core and its engine alone'],
  ['packages/adapter-new/src/b.ts', '@wirebeat/conformance', 'core and its engine alone'],
  ['packages/adapter-new/src/c.ts', 'another-engine', 'Dependency another-engine'],
  ['packages/adapter-new/src/d.ts', 'for-tests', 'Dependency for-tests'],
  ['packages/conformance/src/a.ts', '@wirebeat/adapter-ws', 'imports core alone'],
  ['packages/topics/src/a.ts', '@wirebeat/adapter-ws', 'Topics import core alone'],
  ['packages/topics/src/b.ts', '@wirebeat/core/adapter', 'Topics import core alone'],
  ['packages/topics/src/c.ts', 'node:events', 'Topics import core alone'],
  ['packages/hub/src/session/a.ts', '@wirebeat/adapter-ws', 'A hub imports core and topics alone'],
  [
    'packages/hub/src/session/b.ts',
    '@wirebeat/core/adapter',
    'A hub imports core and topics alone',
  ],
  ['packages/hub/src/session/c.ts', 'node:events', 'A hub imports core and topics alone'],
  ['packages/hub/src/session/d.ts', '@wirebeat/core/testing', 'A hub imports core and topics'],
  ['packages/hub/src/testing/a.ts', '../session/a.ts', "What is for tests of a hub's application"],
  ['packages/backplane-new/src/a.ts', '@wirebeat/core/adapter', 'A backplane imports core, topics'],
  ['packages/new/src/a.ts', '@wirebeat/core', 'lists who may'],
  // By a path.
  ['packages/adapter-new/src/e.ts', '../../core/src/index.ts', 'core and its engine alone'],
  ['packages/adapter-new/test/b.test.ts', '../../core/src/index.ts', 'stays in its own package'],
  ['packages/core/test/runtime/b.ts', '../../../client/src/index.ts', 'stays in its own package'],
  ['packages/conformance/vitest.config.ts', '../core/src/index.ts', 'stays in its own package'],
  ['tests/new/test/a.test.ts', '../../../packages/core/src/index.ts', 'stays in its own package'],
]

const ALLOWED: readonly Import[] = [
  ...DOWN,
  ...FOR_TESTS,
  ['packages/core/src/testing.ts', './testing/a.ts'],
  ['packages/core/src/index.ts', './endpoint/a.ts'],
  ['packages/core/test/runtime/a.test.ts', '../../src/runtime/a.ts'],
  ['packages/adapter-new/src/a.ts', '@wirebeat/core/adapter'],
  ['packages/adapter-new/src/b.ts', 'node:net'],
  ['packages/adapter-new/src/c.ts', 'engine'],
  ['packages/adapter-new/test/a.test.ts', '@wirebeat/conformance'],
  ['packages/adapter-new/test/b.test.ts', '../src/a.ts'],
  ['packages/topics/src/a.ts', '@wirebeat/core/extension'],
  ['packages/topics/src/b.ts', './c.ts'],
  ['packages/hub/src/session/a.ts', '@wirebeat/core/extension'],
  ['packages/hub/src/clients/a.ts', '@wirebeat/topics'],
  ['packages/hub/src/session/b.ts', '../protocol/c.ts'],
  ['packages/hub/src/testing/a.ts', '@wirebeat/core/testing'],
  ['packages/topics/src/relay/a.ts', '../b.ts'],
  ['packages/backplane-new/src/a.ts', '@wirebeat/topics'],
  ['packages/conformance/src/cases/a.ts', '@wirebeat/core'],
  ['packages/conformance/src/cases/b.ts', '../frame.ts'],
  ['tests/new/test/a.test.ts', '@wirebeat/client'],
]

const MANIFEST = JSON.stringify({
  name: 'any',
  dependencies: {
    '@wirebeat/core': '*',
    '@wirebeat/client': '*',
    '@wirebeat/conformance': '*',
    '@wirebeat/adapter-ws': '*',
    '@wirebeat/topics': '*',
    engine: '*',
  },
  devDependencies: { 'for-tests': '*' },
})

/** The files of these imports, each of which imports only a type. */
function filesOf(imports: readonly (Import | RefusedImport)[]): ReadonlyMap<string, string> {
  return new Map(
    imports.flatMap(([file, specifier]) => [
      [`${file.split('/', 2).join('/')}/package.json`, MANIFEST],
      [file, `export type { Thing } from '${specifier}'\n`],
    ]),
  )
}

describe('an import that the house does not allow', () => {
  const said = lint(filesOf(REFUSED))

  test.each(REFUSED)('is refused: %s, %s', (file, _, why) => {
    expect(said.get(file)).toContain(why)
  })
})

test('an import that the house allows is let through', () => {
  expect(lint(filesOf(ALLOWED))).toEqual(new Map())
})

test('two files that import each other are refused, for types either', () => {
  const [a, b] = ['packages/core/src/runtime/a.ts', 'packages/core/src/runtime/b.ts']
  const said = lint(
    new Map([
      [a, "import type { B } from './b.ts'\nexport type A = B | 1\n"],
      [b, "import type { A } from './a.ts'\nexport type B = A | 2\n"],
    ]),
  )
  expect(said.get(a)).toContain('This import is part of a cycle.')
  expect(said.get(b)).toContain('This import is part of a cycle.')
})

test('a type may not be imported where it is used, where no rule would see it', () => {
  const file = 'packages/core/src/runtime/a.ts'
  expect(lint(new Map([[file, "export type A = import('./b.ts').B\n"]])).get(file)).toContain(
    'Import this type by an import statement',
  )
})

test('an entry that does more than re-export is refused', () => {
  const statements = ['export const a = 1', 'export type A = 1', 'export function f() {}']
  const file = 'packages/core/src/index.ts'
  for (const statement of [...statements, 'export class A {}', "console.log('a')"]) {
    expect(lint(new Map([[file, `${statement}\n`]])).get(file)).toContain(
      'An entry only re-exports',
    )
  }
})
