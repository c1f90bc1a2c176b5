import process from 'node:process'

/** What runs a program. */
export type Runtime = 'node' | 'bun' | 'deno'

/** The variables that name the programs of the runtimes, but for the Node that runs this. */
export const RUNTIME_VARIABLES: Readonly<Record<Exclude<Runtime, 'node'>, string>> = {
  bun: 'WIREBEAT_BUN',
  deno: 'WIREBEAT_DENO',
}

/**
 * What is written before the path of a program, so that it runs and can collect its garbage. `undefined` where
 * nothing names the program of the runtime.
 */
export function runtimeCommand(runtime: Runtime): readonly string[] | undefined {
  if (runtime === 'node') return [process.execPath, '--expose-gc']
  const program = process.env[RUNTIME_VARIABLES[runtime]]
  return program ? [program, ...FLAGS[runtime]] : undefined
}

const FLAGS = {
  bun: ['--no-install'],
  deno: [
    'run',
    '--no-config',
    '--node-modules-dir=manual',
    '--no-remote',
    '--allow-all',
    '--v8-flags=--expose-gc',
  ],
} as const
