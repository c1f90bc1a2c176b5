import process from 'node:process'
import { fileURLToPath } from 'node:url'
import type { Capability } from '@wirebeat/core/adapter'
import { type AdapterName, runtimeOf } from '@wirebeat/test-support/adapter-names'
import { Child, runtimeCommand } from '@wirebeat/test-support/process'
import type { Memory, Ready, Report, ServerQuestions } from './protocol.ts'

const PROGRAM = fileURLToPath(new URL('../dist/server.js', import.meta.url))
/** Milliseconds. */
const ANSWER = 20_000

/** The server that is fuzzed, seen from outside. */
export class ServerProcess {
  readonly #child: Child<ServerQuestions>
  readonly #ready: Ready
  #fault: string | undefined

  private constructor(child: Child<ServerQuestions>, ready: Ready) {
    this.#child = child
    this.#ready = ready
    child.exited.then(({ code, signal, errors }) => {
      this.#fault = `the server's process ended with ${signal ?? code}\n${errors.trim()}`
    })
  }

  /** @throws Error when it does not start. */
  static async start(adapter: AdapterName): Promise<ServerProcess> {
    const runtime = runtimeOf(adapter)
    const command = runtimeCommand(runtime)
    if (command === undefined)
      throw new Error(`adapter-${adapter} needs ${runtime}, whose program is not named`)
    const { child, ready } = await Child.start<ServerQuestions, Ready>(
      "the server's process",
      [...command, PROGRAM, adapter],
      process.env,
    )
    return new ServerProcess(child, ready)
  }

  /** How it ended, once it has. */
  get fault(): string | undefined {
    return this.#fault
  }

  port(compression: boolean): number {
    const { compressing, plain } = this.#ready.ports
    return compression ? compressing : plain
  }

  get hubPort(): number {
    return this.#ready.ports.hub
  }

  get fallbackPort(): number {
    return this.#ready.ports.fallback
  }

  /** Whether its engine has a capability. */
  readonly can = (capability: Capability): boolean => this.#ready.missing[capability] === undefined

  /** @throws Error when it has ended, or does not answer. */
  report(): Promise<Report> {
    return this.#child.ask('report', ANSWER)
  }

  /** @throws Error when it has ended, or does not answer. */
  memory(): Promise<Memory> {
    return this.#child.ask('memory', ANSWER)
  }

  async stop(): Promise<void> {
    this.#child.signal('SIGKILL')
    await this.#child.exited
  }
}
