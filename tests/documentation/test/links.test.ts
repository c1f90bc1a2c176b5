import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { ROOT } from './pages.ts'

test('links within the repository lead to files and headings', () => {
  const remark = fileURLToPath(new URL('../node_modules/.bin/remark', import.meta.url))
  const plugin = fileURLToPath(import.meta.resolve('remark-validate-links'))
  const { status, stderr } = spawnSync(
    remark,
    [
      '.',
      '--frail',
      '--quiet',
      '--no-stdout',
      '--ignore-path',
      '.gitignore',
      '--use',
      `${plugin}=repository:false`,
    ],
    { cwd: ROOT, encoding: 'utf8', shell: process.platform === 'win32' },
  )
  expect(stderr).toBe('')
  expect(status).toBe(0)
})
