import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import type { TestProject } from 'vitest/node'
import { install } from './install.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder in which everything is installed. */
    installed: string
  }
}

/**
 * Installs everything before the first test, which may take minutes, unless `WIREBEAT_INSTALLED` names a
 * folder where `fetch.js` has done it.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { WIREBEAT_INSTALLED: present } = process.env
  if (present) {
    project.provide('installed', present)
    return async () => {}
  }
  const folder = await mkdtemp(join(tmpdir(), 'wirebeat-installed-'))
  const remove = () => rm(folder, { recursive: true, force: true })
  try {
    await install(folder)
  } catch (error) {
    await remove()
    throw error
  }
  project.provide('installed', folder)
  return remove
}
