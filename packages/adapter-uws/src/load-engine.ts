import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Engine } from './engine.ts'

/** Node's name for each version of its binary interface (`process.versions.modules`). */
const NODE_OF_ABI: ReadonlyMap<string, string> = new Map([
  ['108', '18'],
  ['115', '20'],
  ['120', '21'],
  ['127', '22'],
  ['131', '23'],
  ['137', '24'],
  ['141', '25'],
  ['147', '26'],
])

/** Each release carries binaries for some versions of Node only; the newest for most of them is last. */
const RELEASES: readonly { readonly tag: string; readonly abis: readonly string[] }[] = [
  { tag: 'v20.49.0', abis: ['108', '115', '120', '127'] },
  { tag: 'v20.52.0', abis: ['137'] },
  { tag: 'v20.67.0', abis: ['147'] },
]

/** uWebSockets.js is not installed, or has no binary for this version of Node on this system. */
export class EngineUnavailableError extends Error {
  constructor(message: string, cause: unknown) {
    super(message, { cause })
    this.name = 'EngineUnavailableError'
  }
}

/**
 * Loads uWebSockets.js, from whichever package it was installed.
 *
 * @throws EngineUnavailableError which says what is missing and how to install it.
 */
export async function loadEngine(): Promise<Engine> {
  // Its budget for all headers of a request is 4 KiB, a quarter of Node's. It reads this when it is
  // loaded, and a value that was set before has been set on purpose.
  process.env['UWS_HTTP_MAX_HEADERS_SIZE'] ??= '16384'
  try {
    const module: unknown = await import('uWebSockets.js')
    // The official package is CommonJS, others are modules.
    const candidates = [module, hasDefault(module) ? module.default : undefined]
    const engine = candidates.find(isEngine)
    if (engine === undefined) throw new Error('the package uWebSockets.js exports no App')
    return engine
  } catch (error) {
    throw new EngineUnavailableError(explain(error, findBinaries(), process), error)
  }
}

function hasDefault(module: unknown): module is { readonly default: unknown } {
  return typeof module === 'object' && module !== null && 'default' in module
}

function isEngine(module: unknown): module is Engine {
  return typeof module === 'object' && module !== null && 'App' in module
}

/** What kept the engine from being loaded, and what to do about it. */
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
  const known = abis.map((abi) => NODE_OF_ABI.get(abi) ?? `of ABI ${abi}`)
  const has = known.length === 0 ? 'none' : `those for Node ${known.join(', ')}`
  return (
    `The installed uWebSockets.js has no binary for ${here}. Of this system's it has ${has}. ` +
    `Use such a version of Node, or install a release for yours: ${installLine(versions.modules)}`
  )
}

function installLine(abi: string): string {
  const release = RELEASES.find(({ abis }) => abis.includes(abi)) ?? RELEASES.at(-1)
  return `npm install uNetworking/uWebSockets.js#${release?.tag}`
}

/** The names of the engine's binaries, or `undefined` when it is not installed. */
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
