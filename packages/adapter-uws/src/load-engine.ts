import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isMainThread } from 'node:worker_threads'
import type { Engine } from './engine.ts'

/** The release to install when no other release is known to have a binary. */
const LATEST = 'v20.67.0'

/**
 * The versions of Node, by the version of their binary interface (`process.versions.modules`), each with a
 * release of the engine that has a binary for it. No release has binaries for all versions.
 */
const NODE_VERSIONS: ReadonlyMap<string, { readonly node: string; readonly release: string }> =
  new Map([
    ['108', { node: 'Node 18', release: 'v20.49.0' }],
    ['115', { node: 'Node 20', release: 'v20.49.0' }],
    ['120', { node: 'Node 21', release: 'v20.49.0' }],
    ['127', { node: 'Node 22', release: 'v20.49.0' }],
    ['131', { node: 'Node 23', release: LATEST }],
    ['137', { node: 'Node 24', release: 'v20.52.0' }],
    ['141', { node: 'Node 25', release: LATEST }],
    ['147', { node: 'Node 26', release: LATEST }],
  ])

/** uWebSockets.js is not installed, or has no binary for this version of Node on this system. */
export class EngineUnavailableError extends Error {
  constructor(message: string, cause: unknown) {
    super(message, { cause })
    this.name = 'EngineUnavailableError'
  }
}

/** The environment variable from which the engine takes its limit for the header fields of a request. */
const HEADER_LIMIT = 'UWS_HTTP_MAX_HEADERS_SIZE'

/**
 * Loads uWebSockets.js, whichever package it was installed from. Sets the environment variable
 * `UWS_HTTP_MAX_HEADERS_SIZE` to 16,384 bytes, the limit of Node, unless it is set. A worker thread has a copy of
 * the environment only: there, the process warns when the engine does not see the variable.
 *
 * @returns a promise of the engine's module.
 * @throws EngineUnavailableError (the promise rejects) when it cannot be loaded. The message says why, and how
 * to install it.
 */
export async function loadEngine(): Promise<Engine> {
  // The engine allows 4 KiB for all headers of a request by default. It reads the variable when it is
  // loaded. A value that is already set was set on purpose.
  process.env[HEADER_LIMIT] ??= '16384'
  if (!isMainThread && !isInEnvironment(HEADER_LIMIT)) {
    process.emitWarning(copiedEnvironment())
  }
  try {
    const module: unknown = await import('uWebSockets.js')
    // The official package is CommonJS, others are modules.
    const candidates = [module, hasDefault(module) ? module.default : undefined]
    const engine = candidates.find(isEngine)
    if (engine === undefined) throw new Error('the package does not export App')
    return engine
  } catch (error) {
    throw new EngineUnavailableError(explain(error, findBinaries(), process), error)
  }
}

/** The warning of a worker thread, whose variables the engine does not see. */
export function copiedEnvironment(): string {
  const problem = `This worker thread cannot set ${HEADER_LIMIT}, so headers may have 4 KiB only.`
  const advice = 'Set it before the program starts, or await loadEngine() in the main thread first.'
  return `${problem} ${advice}`
}

/** Whether the process has a variable, and not only this thread's copy of the environment. */
function isInEnvironment(name: string): boolean {
  // The types of older releases of Node lack the setting.
  const report: NodeJS.ProcessReport & { excludeNetwork?: boolean | undefined } = process.report
  const { excludeNetwork } = report
  // Looking up names of hosts takes a while.
  report.excludeNetwork = true
  const { environmentVariables } = report.getReport() as { environmentVariables: object }
  report.excludeNetwork = excludeNetwork
  return name in environmentVariables
}

function hasDefault(module: unknown): module is { readonly default: unknown } {
  return typeof module === 'object' && module !== null && 'default' in module
}

function isEngine(module: unknown): module is Engine {
  return typeof module === 'object' && module !== null && 'App' in module
}

/** Explains why the engine could not be loaded, and what to do. */
export function explain(
  error: unknown,
  binaries: readonly string[] | undefined,
  { platform, arch, versions }: Pick<NodeJS.Process, 'platform' | 'arch' | 'versions'>,
): string {
  const here = `Node ${versions.node} (ABI ${versions.modules}) on ${platform} ${arch}`
  if (binaries === undefined) {
    return `uWebSockets.js is not installed. Install it with: ${installLine(versions.modules)}`
  }
  const prefix = `uws_${platform}_${arch}_`
  const abis = binaries
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length, -'.node'.length))
    .sort((a, b) => Number(a) - Number(b))
  if (abis.includes(versions.modules)) {
    const why = error instanceof Error ? error.message : String(error)
    return `uWebSockets.js cannot be loaded by ${here}: ${why}`
  }
  const others = abis.map((abi) => NODE_VERSIONS.get(abi)?.node ?? `ABI ${abi}`)
  const what =
    others.length === 0
      ? 'It has none for this system. Install another release'
      : `It has one for ${others.join(', ')}. Use one of these, or install another release`
  return `The installed uWebSockets.js has no binary for ${here}. ${what}: ${installLine(versions.modules)}`
}

function installLine(abi: string): string {
  const release = NODE_VERSIONS.get(abi)?.release ?? LATEST
  return `npm install uNetworking/uWebSockets.js#${release}`
}

/** The file names of the engine's binaries, or `undefined` when it is not installed. */
function findBinaries(): readonly string[] | undefined {
  try {
    const folder = dirname(fileURLToPath(import.meta.resolve('uWebSockets.js')))
    return ['.', 'bin'].flatMap((sub) => filesIn(join(folder, sub)))
  } catch {
    return undefined
  }
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
