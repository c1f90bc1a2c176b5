import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

/** The variables that turbo shows to the tests of a folder, where it says so. */
function environmentOf(folder: string): string | undefined {
  const file = `${ROOT}${folder}/turbo.json`
  if (!existsSync(file)) return undefined
  // With comments, so it is not read as JSON.
  return /"test": \{[^}]*"env": (\[.*\])/.exec(readFileSync(file, 'utf8'))?.[1]
}

// Without it turbo hides the variable that names a browser or a runtime, and the tests that need one are left out.
test('the tests of every package see the variables of this project', () => {
  expect(environmentOf('.')).toBe('["WIREBEAT_*"]')
  for (const group of ['packages', 'apps', 'tests']) {
    for (const name of readdirSync(ROOT + group)) {
      const folder = `${group}/${name}`
      expect([folder, environmentOf(folder)]).toEqual([folder, undefined])
    }
  }
})
