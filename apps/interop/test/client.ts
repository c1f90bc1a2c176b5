import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { Conversation } from './conversation.ts'

/** Milliseconds that a client may take, beside the time that it is told to be idle for. */
const PATIENCE = 15_000

/** Milliseconds that a client may take to end when its input has ended. */
const END_PATIENCE = 5_000

/** The path of one of the client programs. */
export function program(name: string): string {
  return fileURLToPath(new URL(`../clients/${name}`, import.meta.url))
}

/** One client program. It starts when it is first needed, and serves one conversation at a time. */
export class Client {
  readonly #command: readonly string[]
  #running: RunningProgram | undefined

  /** @param command the program and its arguments */
  constructor(command: readonly string[]) {
    this.#command = command
  }

  /** Has a conversation and returns what the client says of it, which should be an `Outcome`. */
  async converse(conversation: Conversation): Promise<unknown> {
    this.#running ??= new RunningProgram(this.#command)
    try {
      return await this.#running.answer(conversation, conversation.idle + PATIENCE)
    } catch (error) {
      this.#running.kill()
      this.#running = undefined
      throw error
    }
  }

  /** Lets the program end. */
  async stop(): Promise<void> {
    await this.#running?.finish()
    this.#running = undefined
  }
}

class RunningProgram {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>
  readonly #lines: AsyncIterator<string>
  readonly #ended: Promise<unknown>
  #errors = ''

  constructor([file = '', ...args]: readonly string[]) {
    const child = spawn(file, args, {
      stdio: 'pipe',
      env: { ...process.env, NO_PROXY: '127.0.0.1', DENO_NO_UPDATE_CHECK: '1' },
    })
    this.#child = child
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    this.#ended = new Promise((resolve) => child.once('close', resolve))
    const note = (text: unknown): void => {
      this.#errors += text
    }
    child.stderr.on('data', note)
    // A program that cannot be started, or that has ended: the missing answer tells of it.
    child.on('error', note)
    child.stdin.on('error', note)
  }

  async answer(question: unknown, bound: number): Promise<unknown> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(this.#failure(`no answer within ${bound} ms`)), bound)
    })
    try {
      this.#child.stdin.write(`${JSON.stringify(question)}\n`)
      const { done, value } = await Promise.race([this.#lines.next(), late])
      if (!done) return JSON.parse(value)
      await Promise.race([this.#ended, late])
      throw this.#failure('it ended without an answer')
    } finally {
      clearTimeout(timer)
    }
  }

  async finish(): Promise<void> {
    const timer = setTimeout(() => this.kill(), END_PATIENCE)
    this.#child.stdin.end()
    await this.#ended
    clearTimeout(timer)
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }

  #failure(what: string): Error {
    return new Error(`${this.#child.spawnargs.join(' ')}: ${what}; stderr: ${this.#errors}`)
  }
}
