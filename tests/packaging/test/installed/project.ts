import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PNPM } from '../pnpm.ts'
import { fetched } from './fetched.ts'

export type PackageManager = 'npm' | 'pnpm'

const INSTALL = {
  npm: ['npm', 'install', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'],
  pnpm: [...PNPM, 'add', '--prefer-offline', '--reporter=silent'],
}

const PUBLISHED = [
  'core',
  'adapter-ws',
  'adapter-uws',
  'adapter-bun',
  'client',
  'conformance',
  'topics',
  'http-transports',
  'hub',
  'backplane-redis',
  'backplane-nats',
  'prometheus',
]

/** What a person installs, by what for. The engine is on npm under another name only. */
const PACKAGES = {
  examples: [
    ...PUBLISHED.map((name) => `@wirebeat/${name}`),
    'uWebSockets.js@npm:uws-pack@20.0.8',
    'zod@^4.6.7',
    '@msgpack/msgpack@^3.1.3',
    '@microsoft/signalr@^10.0.11',
    'redis@^6.3.1',
    '@nats-io/transport-node@^3.4.0',
    'prom-client@^15.1.3',
    'ws@^8.23.0',
    '@types/ws@^8.18.2',
    '@types/node@^20.19.0',
    // The least version that the types are for. It still resolves as Node 10 did.
    'typescript-least@npm:typescript@~5.4.5',
  ],
  demo: ['@wirebeat/demo'],
  jest: [
    '@wirebeat/core',
    '@wirebeat/adapter-ws',
    'jest@^30.4.0',
    '@swc/core@^1.15.0',
    '@swc/jest@^0.2.39',
  ],
  battery: ['@wirebeat/core', '@wirebeat/adapter-ws', '@wirebeat/conformance', 'vitest@^4.1.12'],
}

type Purpose = keyof typeof PACKAGES

/** The projects of the tests: folders outside the workspace, as a person begins with. */
const PROJECTS: readonly (readonly [PackageManager, Purpose])[] = [
  ['npm', 'examples'],
  ['pnpm', 'examples'],
  ['npm', 'demo'],
  ['pnpm', 'demo'],
  ['npm', 'jest'],
  ['npm', 'battery'],
]

/** Where a project is. */
export function projectIn(folder: string, manager: PackageManager, purpose: Purpose): string {
  return join(folder, `${purpose}-${manager}`)
}

/**
 * Makes the projects, of the type that `npm init` gives them, and installs what they need. `@wirebeat/*`
 * comes from the registry of the tests.
 */
export async function installProjects(folder: string, registry: string): Promise<void> {
  // One after the other: package managers keep a machine busy.
  for (const [manager, purpose] of PROJECTS) {
    const project = projectIn(folder, manager, purpose)
    await mkdir(project, { recursive: true })
    await writeFile(join(project, 'package.json'), '{ "private": true, "type": "commonjs" }\n')
    await writeFile(join(project, '.npmrc'), `@wirebeat:registry=${registry}\n`)
    await fetched([...INSTALL[manager], ...PACKAGES[purpose]], project)
  }
}
