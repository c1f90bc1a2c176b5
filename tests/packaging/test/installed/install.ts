import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pack } from '../pack.ts'
import { readTarballs } from '../tarball.ts'
import { installProjects } from './project.ts'
import { serveRegistry } from './registry.ts'
import { fetchRuntimes } from './runtimes.ts'

/**
 * Fetches and installs into a folder all that the tests look at, so that they themselves need no
 * network: the projects of a person, and the versions of Node.
 */
export async function install(folder: string): Promise<void> {
  const runtimes = runtimesIn(folder)
  await mkdir(runtimes, { recursive: true })
  await fetchRuntimes(runtimes)
  const { paths, remove } = await pack()
  const registry = await serveRegistry(await readTarballs(paths))
  try {
    await installProjects(folder, registry.url)
  } finally {
    registry.close()
    await remove()
  }
}

/** Where the versions of Node are. */
export function runtimesIn(folder: string): string {
  return join(folder, 'node')
}
