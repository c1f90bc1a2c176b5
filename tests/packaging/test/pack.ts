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

/** Packs the public packages once for all tests. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { paths, remove } = await pack()
  project.provide('tarballs', paths)
  return remove
}

/** Packs the public packages, as they would be published, into a folder for the time being. */
export async function pack(): Promise<{
  readonly paths: readonly string[]
  remove(): Promise<void>
}> {
  const folder = await mkdtemp(join(tmpdir(), 'wirebeat-packed-'))
  await run([...PNPM, '-r', ...PUBLIC, 'pack', '--pack-destination', folder], { cwd: ROOT })
  const names = await readdir(folder)
  return {
    paths: names.map((name) => join(folder, name)),
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}
