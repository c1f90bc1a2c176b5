import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { TestContext } from 'vitest'

/** Milliseconds that anything may take that is to happen soon. */
const PATIENCE = 15_000

export const soon = (): { signal: AbortSignal } => ({ signal: AbortSignal.timeout(PATIENCE) })

/** One of the examples, while it runs. */
export class Example {
  readonly #process: ChildProcess
  readonly #lines: AsyncIterator<string>

  /** Starts a program, which ends with the test at the latest. */
  constructor(
    { onTestFinished }: TestContext,
    name: string,
    env: Readonly<Record<string, string>> = {},
  ) {
    const program = fileURLToPath(new URL(`../dist/${name}.js`, import.meta.url))
    const child = spawn(process.execPath, [program], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, PORT: '0', ...env },
    })
    onTestFinished(() => void child.kill('SIGKILL'))
    this.#process = child
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  }

  /** The next line that it writes. */
  async line(): Promise<string> {
    const { value } = await this.#lines.next()
    return value ?? 'nothing more'
  }

  /** The port that it says it listens on. */
  async port(): Promise<number> {
    const line = await this.line()
    return Number(/port:? (\d+)/.exec(line)?.[1])
  }

  /** Asks it to end, and returns its exit code. */
  async stop(): Promise<number | null> {
    const exit = once(this.#process, 'exit', soon())
    this.#process.kill('SIGTERM')
    const [code] = await exit
    return code
  }
}
