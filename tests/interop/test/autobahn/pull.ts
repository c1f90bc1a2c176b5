import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { IMAGE } from './suite.ts'

/** Milliseconds. */
const PATIENCE = 10 * 60_000

/** Fetches the image of the suite before the tests, and once more where that fails. */
export default async function setup(): Promise<void> {
  try {
    await pull()
  } catch (error) {
    console.warn(`Once more, after a failure. ${error instanceof Error ? error.message : error}`)
    await pull()
  }
}

async function pull(): Promise<void> {
  await promisify(execFile)('docker', ['pull', '--quiet', IMAGE], { timeout: PATIENCE })
}
