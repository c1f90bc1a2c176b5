import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** Milliseconds that anything may take that is to happen soon. */
const PATIENCE = 15_000

export const soon = (): { signal: AbortSignal } => ({ signal: AbortSignal.timeout(PATIENCE) })

/** A program that a page shows, while it runs. */
export class Program {
  readonly #process: ChildProcess
  readonly #lines: AsyncIterator<string>

  /**
   * Starts it, on a port that the system picks. It ends with the test at the latest.
   *
   * @param test the context of the test
   * @param folder where it runs, by default where the test does
   */
  constructor(
    { onTestFinished }: { onTestFinished(end: () => void): void },
    path: string,
    env: Readonly<Record<string, string>> = {},
    folder?: string,
  ) {
    const child = spawn(process.execPath, [path], {
      stdio: ['ignore', 'pipe', 'inherit'],
      cwd: folder,
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

  /** Asks it to end, and returns its exit code, or the signal that has ended it. */
  async stop(): Promise<number | string | null> {
    const exit = once(this.#process, 'exit', soon())
    this.#process.kill('SIGTERM')
    const [code, signal] = await exit
    return code ?? signal
  }
}
