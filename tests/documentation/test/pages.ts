import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of the repository. */
export const ROOT: string = fileURLToPath(new URL('../../../', import.meta.url))

/** One page of the documentation, by its path from the repository's folder. */
export interface Page {
  readonly path: string
  readonly text: string
}

/** All pages that show code to users. */
export function pages(): readonly Page[] {
  const packages = readdirSync(join(ROOT, 'packages')).map((name) => `packages/${name}/README.md`)
  const guides = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md') && !name.startsWith('api'))
    .map((name) => join('docs', name))
  return ['README.md', 'examples/README.md', ...packages, ...guides].map((path) => ({
    path,
    text: readFileSync(join(ROOT, path), 'utf8'),
  }))
}
