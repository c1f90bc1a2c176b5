import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'
import { run } from './command.ts'
import { PNPM } from './pnpm.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The paths of the packed packages. */
    tarballs: readonly string[]
  }
}

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const PUBLIC = ['--filter', './packages/*', '--filter', '@wirebeat/demo']

/** Packs the public packages once for all tests, as they would be published. */
export default async function pack(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'wirebeat-packed-'))
  await run([...PNPM, '-r', ...PUBLIC, 'pack', '--pack-destination', folder], { cwd: ROOT })
  const names = await readdir(folder)
  project.provide(
    'tarballs',
    names.map((name) => join(folder, name)),
  )
  return () => rm(folder, { recursive: true, force: true })
}
