import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { Child } from '@wirebeat/test-support/process'
import { type Contestant, RUNTIME_VARIABLES, type Runtime } from './contestant.ts'
import type { Load } from './load.ts'
import { findProcessors, type Processors } from './processors.ts'
import type { GeneratorQuestions, ServerQuestions, ServerReady } from './protocol.ts'

export type ServerChild = Child<ServerQuestions>
export type GeneratorChild = Child<GeneratorQuestions>

export interface ProgramOptions {
  /** A folder with `bufferutil` in it, for ws to use; without it, ws unmasks in JavaScript. */
  readonly bufferutil: string | undefined
  /** A folder into which each server on Node writes a CPU profile when it ends. */
  readonly cpuProf: string | undefined
}

/** Starts servers and load generators. */
export class Programs {
  readonly processors: Processors = findProcessors()
  readonly #options: ProgramOptions

  constructor(options: ProgramOptions) {
    this.#options = options
  }

  startServer(
    contestant: Contestant,
    load: Load,
  ): Promise<{ readonly child: ServerChild; readonly ready: ServerReady }> {
    const commandLine = [
      ...this.processors.prefixOf.server,
      ...this.#runtime(contestant.runtime),
      programFile(`servers/${contestant.program}`),
      ...contestant.args,
      ...wordsFor(load),
    ]
    return Child.start(contestant.name, commandLine, this.#serverEnvironment())
  }

  async startGenerator(): Promise<GeneratorChild> {
    const commandLine = [
      ...this.processors.prefixOf.generator,
      process.execPath,
      programFile('generator/main.js'),
    ]
    const { child } = await Child.start<GeneratorQuestions, void>(
      'the load generator',
      commandLine,
      process.env,
    )
    return child
  }

  #runtime(runtime: Runtime): string[] {
    switch (runtime) {
      case 'node': {
        const { cpuProf } = this.#options
        const profile = cpuProf === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${cpuProf}`]
        // How memory is given back is experimental.
        const flags = ['--expose-gc', '--disable-warning=ExperimentalWarning']
        return [process.execPath, ...flags, ...profile]
      }
      case 'bun':
        return [runtimeProgram(runtime), '--no-install']
      case 'deno':
        return [
          runtimeProgram(runtime),
          'run',
          '--no-config',
          '--no-npm',
          '--cached-only',
          '--allow-all',
          '--v8-flags=--expose-gc',
        ]
    }
  }

  #serverEnvironment(): NodeJS.ProcessEnv {
    const { NODE_PATH, WS_NO_BUFFER_UTIL, ...env } = process.env
    const { bufferutil } = this.#options
    // ws asks for bufferutil where it is installed itself, and then where NODE_PATH says.
    return bufferutil === undefined
      ? { ...env, WS_NO_BUFFER_UTIL: '1' }
      : { ...env, NODE_PATH: bufferutil }
  }
}

/** What a server is told of a load: what it could not tell by itself. */
function wordsFor(load: Load): string[] {
  if (load.kind === 'idle') return ['binary']
  if (load.kind === 'exchange') return [load.type]
  return [
    'broadcast',
    ...(load.compression ? ['deflate'] : []),
    ...(load.slow === 'skip' ? ['skip'] : []),
  ]
}

/** Whether the program that runs a contestant is there. */
export function isAvailable({ runtime }: Contestant): boolean {
  return runtime === 'node' || runtimeProgram(runtime) !== ''
}

function runtimeProgram(runtime: Exclude<Runtime, 'node'>): string {
  return process.env[RUNTIME_VARIABLES[runtime]] ?? ''
}

function programFile(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url))
}
