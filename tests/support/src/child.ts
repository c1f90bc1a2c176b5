import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process'
import process from 'node:process'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import type { Answer, Question, Questions } from './answering.ts'

/** How a program has ended. */
export interface Exit {
  /** `null` when a signal has ended it, or when it could not be started. */
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** The last that it has written to its standard error. */
  readonly errors: string
}

interface Waiting {
  readonly resolve: (answer: unknown) => void
  readonly reject: (error: Error) => void
}

const START_TIMEOUT = 20_000
const EXIT_TIMEOUT = 3_000
const STDERR_KEPT = 2_000

/** All children that live, so that none is left when this process ends. */
const living = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of living) child.kill('SIGKILL')
})

/** A program that calls `answerQuestions`, in a process of its own. */
export class Child<Table extends Questions<Table>> {
  readonly #name: string
  readonly #process: ChildProcessByStdio<Writable, Readable, Readable>
  readonly #waiting: Waiting[] = []
  /** Resolves when the program has ended. */
  readonly exited: Promise<Exit>
  #stderr = ''

  private constructor(name: string, commandLine: readonly string[], env: NodeJS.ProcessEnv) {
    this.#name = name
    const [command = '', ...args] = commandLine
    const child = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'pipe'] })
    this.#process = child
    living.add(child)
    this.exited = new Promise((resolve) => {
      child.on('error', (error) => {
        this.#end(error.message)
        resolve({ code: null, signal: null, errors: error.message })
      })
      child.on('close', (code, signal) => {
        this.#end(`it ended with ${signal ?? code}`)
        resolve({ code, signal, errors: this.#stderr })
      })
    })
    // The program may be gone before it has read what is asked; its end tells.
    child.stdin.on('error', () => {})
    child.stderr.on('data', (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk).slice(-STDERR_KEPT)
    })
    createInterface({ input: child.stdout }).on('line', (line) => this.#onLine(line))
  }

  /** Starts a program, and resolves with what it says when it is ready. */
  static async start<Table extends Questions<Table>, Ready>(
    name: string,
    commandLine: readonly string[],
    env: NodeJS.ProcessEnv,
  ): Promise<{ readonly child: Child<Table>; readonly ready: Ready }> {
    const child = new Child<Table>(name, commandLine, env)
    // The caller knows what its program says.
    const ready = (await child.#next(START_TIMEOUT).catch(async (error) => {
      await child.stop()
      throw error
    })) as Ready
    return { child, ready }
  }

  /**
   * @param timeout milliseconds
   * @throws Error when the program answers with an error, ends, or takes longer
   */
  async ask<Name extends keyof Table>(
    name: Name,
    timeout: number,
    ...args: Parameters<Table[Name]>
  ): Promise<ReturnType<Table[Name]>> {
    const answer = this.#next(timeout)
    const question: Question<Table, Name> = { ask: name, args }
    this.#process.stdin.write(`${JSON.stringify(question)}\n`)
    // What the program answers to this question.
    return (await answer) as ReturnType<Table[Name]>
  }

  /** Ends the program: it goes by itself when nobody can ask it any more, or is made to. */
  async stop(): Promise<void> {
    this.#process.stdin.end()
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), EXIT_TIMEOUT)
    await this.exited
    clearTimeout(timer)
  }

  /** Sends a signal, such as SIGSTOP. */
  signal(name: NodeJS.Signals): void {
    this.#process.kill(name)
  }

  #next(timeout: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (!living.has(this.#process)) {
        reject(new Error(`${this.#name} is not running`))
        return
      }
      const timer = setTimeout(
        () => reject(new Error(`${this.#name} gave no answer in ${timeout / 1000} s`)),
        timeout,
      )
      this.#waiting.push({
        resolve: (answer) => {
          clearTimeout(timer)
          resolve(answer)
        },
        reject: (error) => {
          clearTimeout(timer)
          reject(error)
        },
      })
    })
  }

  #onLine(line: string): void {
    const answer = parseAnswer(line)
    // A line that is no JSON is some library's own.
    if (answer === undefined) return
    const waiting = this.#waiting.shift()
    if ('error' in answer) waiting?.reject(new Error(`${this.#name}: ${answer.error}`))
    else waiting?.resolve(answer.answer)
  }

  #end(why: string): void {
    living.delete(this.#process)
    const said = this.#stderr.trim()
    const error = new Error(`${this.#name}: ${why}${said && `\n${said}`}`)
    for (const waiting of this.#waiting.splice(0)) waiting.reject(error)
  }
}

function parseAnswer(line: string): Answer | undefined {
  try {
    const answer: unknown = JSON.parse(line)
    return typeof answer === 'object' && answer !== null ? answer : undefined
  } catch {
    return undefined
  }
}
