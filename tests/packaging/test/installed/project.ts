import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '../command.ts'
import { PNPM } from '../pnpm.ts'

/** A folder outside the workspace, as a person begins with. */
export interface Project {
  readonly folder: string
  /** Installs packages, with npm or pnpm. */
  install(...packages: readonly string[]): Promise<void>
  write(name: string, text: string): Promise<void>
  remove(): Promise<void>
}

export type PackageManager = 'npm' | 'pnpm'

const INSTALL = {
  npm: ['npm', 'install', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'],
  pnpm: [...PNPM, 'add', '--prefer-offline', '--reporter=silent'],
}

/**
 * Makes an empty project, of the type that `npm init` gives it. `@wirebeat/*` comes from the registry of
 * the tests.
 */
export async function makeProject(manager: PackageManager, registry: string): Promise<Project> {
  const folder = await mkdtemp(join(tmpdir(), `wirebeat-${manager}-`))
  await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "commonjs" }\n')
  await writeFile(join(folder, '.npmrc'), `@wirebeat:registry=${registry}\n`)
  return {
    folder,
    async install(...packages) {
      await run([...INSTALL[manager], ...packages], { cwd: folder })
    },
    write: (name, text) => writeFile(join(folder, name), text),
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}
