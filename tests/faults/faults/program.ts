import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { Child, type Questions, type Runtime, runtimeCommand } from '@wirebeat/test-support/process'
import { onTestFinished } from 'vitest'
import type { Namespace } from './namespace.ts'

/** Where, and with how much, a program is to run. */
export interface Surroundings {
  /** Default: that of the tests. */
  readonly namespace?: Namespace | undefined
  /** How many files it may have open. Default: as many as the tests. */
  readonly files?: number | undefined
  /** Default: Node. */
  readonly runtime?: Runtime
}

/** Starts a program of this package, which ends with the test at the latest. */
export async function start<Table extends Questions<Table>, Ready>(
  path: string,
  options: object,
  { namespace, files, runtime = 'node' }: Surroundings = {},
): Promise<{ readonly child: Child<Table>; readonly ready: Ready }> {
  const command = runtimeCommand(runtime)
  if (command === undefined) throw new Error(`nothing names the program of ${runtime}`)
  const commandLine = [
    ...(namespace?.prefix ?? []),
    ...(files === undefined ? [] : ['prlimit', `--nofile=${files}:${files}`]),
    ...command,
    fileURLToPath(new URL(`../dist/${path}`, import.meta.url)),
    JSON.stringify(options),
  ]
  const started = await Child.start<Table, Ready>(path, commandLine, process.env)
  onTestFinished(async () => {
    // One that was stopped could not end by itself.
    started.child.signal('SIGCONT')
    await started.child.stop()
  })
  return started
}
