import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { pages, ROOT } from './pages.ts'
import { type Program, programsOf } from './program.ts'

const collected = pages().map(programsOf)
const programs = collected.flatMap((page) => page.programs)
/** Within this package, whose dependencies are what the programs import. */
const FOLDER = fileURLToPath(new URL('../.programs/', import.meta.url))

const COMPILER_OPTIONS = {
  noEmit: true,
  lib: ['es2024', 'esnext.disposable', 'dom'],
  types: ['node'],
  moduleDetection: 'force',
  isolatedDeclarations: false,
  declaration: false,
  noPropertyAccessFromIndexSignature: false,
  noUnusedLocals: false,
  noUnusedParameters: false,
  // Packages that the pages tell how to leave behind.
  skipLibCheck: true,
  paths: {
    // However many there are, each with a page of its own.
    '@wirebeat/adapter-*': ['../../../../packages/adapter-*/dist/index.d.ts'],
  },
}

/** What the compiler finds wrong, by the lines of the pages. */
function compile(language: Program['language'], options: object): string {
  const folder = join(FOLDER, language)
  mkdirSync(folder, { recursive: true })
  const members = programs.filter((program) => program.language === language)
  for (const { name, text } of members) {
    writeFileSync(join(folder, `${name.replaceAll(/[/:]/g, '_')}.ts`), text)
  }
  const config = {
    extends: join(ROOT, 'tsconfig.base.json'),
    compilerOptions: { ...COMPILER_OPTIONS, ...options },
    include: ['.'],
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
  const tsc = join(FOLDER, '../node_modules/.bin/tsc')
  const { stdout, stderr } = spawnSync(tsc, ['-p', folder, '--pretty', 'false'], {
    encoding: 'utf8',
    shell: process.platform === 'win32',
  })
  return stdout + stderr
}

test('the code of the documentation compiles', () => {
  rmSync(FOLDER, { recursive: true, force: true })
  expect(programs.length).toBeGreaterThan(0)
  expect(compile('ts', {})).toBe('')
  expect(compile('js', { noImplicitAny: false })).toBe('')
})

test('a file that the documentation shows is shown as it is', () => {
  for (const { page, path, text } of collected.flatMap(({ shown }) => shown)) {
    expect(`${page}\n${text}\n`).toBe(`${page}\n${readFileSync(join(ROOT, path), 'utf8')}`)
  }
})
