import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { Child, type Runtime, runtimeCommand } from '@wirebeat/test-support/process'
import type { Contestant } from './contestant.ts'
import type { Load } from './load.ts'
import { findProcessors, type Processors } from './processors.ts'
import type { GeneratorQuestions, ServerQuestions, ServerReady } from './protocol.ts'

export type ServerChild = Child<ServerQuestions>
export type GeneratorChild = Child<GeneratorQuestions>

export interface ProgramOptions {
  /** A folder with `bufferutil` in it, for ws to use; without it, ws unmasks in JavaScript. */
  readonly bufferutil: string | undefined
  /** A folder into which each server on Node or Bun writes a CPU profile when it ends. */
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

  /** @throws Error for a runtime whose program is not named. */
  #runtime(runtime: Runtime): readonly string[] {
    const command = runtimeCommand(runtime)
    if (command === undefined) throw new Error(`nothing names the program of ${runtime}`)
    const { cpuProf } = this.#options
    if (runtime === 'deno') return command
    const profile = cpuProf === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${cpuProf}`]
    // How memory is given back is experimental.
    const quiet = runtime === 'node' ? ['--disable-warning=ExperimentalWarning'] : []
    return [...command, ...quiet, ...profile]
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
  if (load.kind === 'paced') return [load.type]
  if (load.kind === 'exchange') return [load.type, ...(load.compression ? ['deflate'] : [])]
  return [
    'broadcast',
    ...(load.compression ? ['deflate'] : []),
    ...(load.slow === 'skip' ? ['skip'] : []),
  ]
}

/** Whether the program that runs a contestant is there. */
export function isAvailable({ runtime }: Contestant): boolean {
  return runtimeCommand(runtime) !== undefined
}

function programFile(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url))
}
