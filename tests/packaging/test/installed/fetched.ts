import { run } from '../command.ts'

/** Milliseconds for what a slow network, and a package manager with an empty cache, may take. */
const PATIENCE = 300_000

/**
 * Runs a command that fetches packages from a registry. Once more where it fails, and says so: that a
 * network fails now and then says nothing of the packages.
 */
export async function fetched(command: readonly string[], cwd: string): Promise<void> {
  try {
    await run(command, { cwd, patience: PATIENCE })
  } catch (error) {
    console.warn(`Once more, after a failure. ${error instanceof Error ? error.message : error}`)
    await run(command, { cwd, patience: PATIENCE })
  }
}
