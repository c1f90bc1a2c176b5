import { execFile } from 'node:child_process'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** The container image of the suite. Version 25.10.1. */
export const IMAGE =
  'crossbario/autobahn-testsuite@sha256:519915fb568b04c9383f70a1c405ae3ff44ab9e35835b085239c258b6fac3074'

/** Where the container has the folder of the report. */
const FOLDER = '/report'

/** Milliseconds that all cases together may take. */
export const PATIENCE: number = 15 * 60_000

const REPORTS = fileURLToPath(new URL('../../autobahn-report/', import.meta.url))

/**
 * Has the Autobahn test suite put a server through all of its cases. What it sees stays in
 * `autobahn-report`, a page for each case.
 *
 * @param agent the server's name in the report
 * @returns the report on all cases
 */
export async function runSuite(agent: string, url: string): Promise<unknown> {
  const folder = join(REPORTS, agent)
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  const specification = { outdir: FOLDER, servers: [{ agent, url }], cases: ['*'] }
  await writeFile(join(folder, 'fuzzingclient.json'), JSON.stringify(specification))
  // The network of the machine: the server listens on its loopback address alone.
  const container = ['run', '--rm', '--network=host', `--volume=${folder}:${FOLDER}`, IMAGE]
  const command = ['wstest', '--mode=fuzzingclient', `--spec=${FOLDER}/fuzzingclient.json`]
  await promisify(execFile)('docker', [...container, ...command], {
    timeout: PATIENCE,
    maxBuffer: 2 ** 28,
  })
  return JSON.parse(await readFile(join(folder, 'index.json'), 'utf8'))
}
