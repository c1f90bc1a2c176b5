import process from 'node:process'

/** The runtime by name and major version: `Node 20`, `Bun 1`, `Deno 2`. */
export function runtimeName(): string {
  // Bun and Deno name a version of Node as well.
  const { bun, deno, node } = process.versions
  if (bun !== undefined) return `Bun ${majorOf(bun)}`
  if (deno !== undefined) return `Deno ${majorOf(deno)}`
  return `Node ${majorOf(node)}`
}

function majorOf(version: string): string {
  return version.replace(/\..*/, '')
}

/** The environment variables. */
export function environment(): Readonly<Record<string, string | undefined>> {
  return process.env
}

/**
 * Listens to errors that nobody catches, which would end the process.
 *
 * @returns a function that ends this
 */
export function onUncaught(listener: (error: unknown) => void): () => void {
  process.on('uncaughtException', listener)
  process.on('unhandledRejection', listener)
  return () => {
    process.off('uncaughtException', listener)
    process.off('unhandledRejection', listener)
  }
}
