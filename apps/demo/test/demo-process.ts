import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach } from 'vitest'

const COMMAND = fileURLToPath(new URL('../bin/wirebeat-demo.js', import.meta.url))

const running = new Set<DemoProcess>()

afterEach(() => {
  for (const demo of running) demo.kill('SIGKILL')
  running.clear()
})

/** The command, run as a person would. Each is killed after a test, so tests must not run concurrently. */
export class DemoProcess {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #lines: AsyncIterator<string>
  #errors = ''

  constructor(...args: readonly string[]) {
    running.add(this)
    this.#child = spawn(process.execPath, [COMMAND, ...args])
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]()
    this.#child.stderr.on('data', (chunk) => {
      this.#errors += chunk
    })
  }

  /** Starts the demo on a free port, and waits until it is ready. */
  static async ready(...args: readonly string[]): Promise<{ demo: DemoProcess; url: string }> {
    const demo = new DemoProcess('--port', '0', ...args)
    const line = await demo.line(/^Listening on /)
    return { demo, url: line.split(' ')[2] ?? '' }
  }

  /** The next line that matches; those before it are skipped. */
  async line(pattern: RegExp): Promise<string> {
    for (;;) {
      const { done, value } = await this.#lines.next()
      if (done) throw new Error(`no line matches ${pattern}; stderr: ${this.#errors}`)
      if (pattern.test(value)) return value
    }
  }

  /** All that it writes until it ends. */
  async output(): Promise<string> {
    let output = ''
    for await (const line of { [Symbol.asyncIterator]: () => this.#lines }) output += `${line}\n`
    return output
  }

  /** Waits for the end. */
  async exited(): Promise<{ code: number | null; errors: string }> {
    if (this.#child.exitCode === null) await once(this.#child, 'exit')
    return { code: this.#child.exitCode, errors: this.#errors }
  }

  kill(signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL'): void {
    this.#child.kill(signal)
  }
}
