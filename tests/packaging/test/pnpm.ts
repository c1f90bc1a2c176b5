import { basename } from 'node:path'

// Set by whatever has started the tests.
const { npm_execpath: path = '' } = process.env

/** How to run pnpm: the one that runs the tests, or another by npx, which asks the registry first. */
export const PNPM: readonly string[] = /^pnpm(\.exe)?$/.test(basename(path))
  ? [path]
  : ['npx', '-y', 'pnpm@12']
