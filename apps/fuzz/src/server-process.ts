import { type ChildProcess, fork } from 'node:child_process'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import type { Capability } from '@wirebeat/core/adapter'
import type { AdapterName, Questions, Ready } from './protocol.ts'

const PROGRAM = fileURLToPath(new URL('../dist/server.js', import.meta.url))
const ANSWER_TIMEOUT = 20_000
const STDERR_KEPT = 4_000

const living = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of living) child.kill('SIGKILL')
})

/** The server that is fuzzed, seen from outside. */
export class ServerProcess {
  readonly adapter: AdapterName
  readonly #child: ChildProcess
  readonly #exited: Promise<void>
  #ready: Ready | undefined
  #fault: string | undefined
  #stderr = ''

  private constructor(adapter: AdapterName) {
    this.adapter = adapter
    this.#child = fork(PROGRAM, [adapter], {
      execArgv: ['--expose-gc'],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    living.add(this.#child)
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk).slice(-STDERR_KEPT)
    })
    this.#exited = new Promise((resolve) => {
      this.#child.on('close', (code, signal) => {
        living.delete(this.#child)
        this.#fault ??= `the server's process ended with ${signal ?? code}\n${this.#stderr.trim()}`
        resolve()
      })
    })
  }

  /** @throws Error when it does not start. */
  static async start(adapter: AdapterName): Promise<ServerProcess> {
    const server = new ServerProcess(adapter)
    // The first message of the program.
    server.#ready = (await server.#next()) as Ready
    return server
  }

  /** How it ended, once it has. */
  get fault(): string | undefined {
    return this.#fault
  }

  port(compression: boolean): number {
    const ports = this.#ready?.ports
    return (compression ? ports?.compressing : ports?.plain) ?? 0
  }

  /** Whether its engine has a capability. */
  readonly can = (capability: Capability): boolean => this.#ready?.missing[capability] === undefined

  /** @throws Error when it has ended, or does not answer. One question at a time. */
  async ask<Name extends keyof Questions>(ask: Name): Promise<Questions[Name]> {
    const answer = this.#next()
    this.#child.send({ ask }, () => {})
    // What the program says to this question.
    return (await answer) as Questions[Name]
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#exited
  }

  #next(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        clearTimeout(timer)
        this.#child.off('message', onMessage)
        this.#child.off('close', onClose)
      }
      const onMessage = (message: unknown): void => {
        settle()
        resolve(message)
      }
      const onClose = (): void => {
        settle()
        reject(new Error(this.#fault))
      }
      const timer = setTimeout(() => {
        settle()
        reject(new Error(`the server's process gave no answer in ${ANSWER_TIMEOUT / 1_000} s`))
      }, ANSWER_TIMEOUT)
      this.#child.on('message', onMessage)
      this.#child.on('close', onClose)
      if (this.#fault !== undefined) onClose()
    })
  }
}
