import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { TestContext } from 'vitest'
import { freePort } from '../free-port.ts'

/** Milliseconds that a proxy may take to start or to reload. */
const PATIENCE = 10_000

/** What differs from the configuration that docs/hosting.md shows. */
export interface ProxyOptions {
  /** The ports of the servers behind it. */
  readonly servers: readonly number[]
  /** How long a line may be idle, such as `2s`. */
  readonly idleTimeout?: string
  /** How long connections outlive a reload, such as `1s`. */
  readonly reloadTimeout?: string
  /** More text to replace in the file about the site. */
  readonly changes?: Readonly<Record<string, string>>
}

/** A kind of proxy. */
export interface ProxyKind {
  readonly name: string
  /** The status of its own answer when no server is there. */
  readonly unavailable: number
  /** What it says on its standard error when it has started, and again when it has reloaded. */
  readonly startedLine: string
  readonly reloadSignal: NodeJS.Signals
  /** What to replace so that requests go to the server whose name is at the beginning of their `id`. */
  routeByToken(ports: Readonly<Record<string, number>>): Readonly<Record<string, string>>
  /** Writes its configuration into a folder. */
  configure(folder: string, port: number, options: ProxyOptions): Promise<void>
  /** The command that runs it in the foreground. */
  command(folder: string): readonly [program: string, ...args: string[]]
}

/** A proxy while it runs. */
export interface Proxy {
  readonly port: number
  readonly url: string
  /** Has it read another configuration. Its old processes may still take a connection or two. */
  reload(options: ProxyOptions): Promise<void>
}

/** Starts a proxy that ends with the test. */
export async function startProxy(
  { onTestFinished }: TestContext,
  kind: ProxyKind,
  options: ProxyOptions,
): Promise<Proxy> {
  const folder = await mkdtemp(join(tmpdir(), 'wirebeat-proxy-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  // The workers of nginx are not root, even where it is.
  await chmod(folder, 0o755)
  const { port, running } = await startOnFreePort(kind, folder, options)
  onTestFinished(() => running.stop())
  return {
    port,
    url: `wss://localhost:${port}/ws`,
    async reload(changed) {
      await kind.configure(folder, port, changed)
      await running.reload(kind.reloadSignal, kind.startedLine)
    },
  }
}

/** Neither proxy lets the system pick a port, and one that was free may be taken a moment later. */
async function startOnFreePort(
  kind: ProxyKind,
  folder: string,
  options: ProxyOptions,
  attempts = 3,
): Promise<{ readonly port: number; readonly running: ProxyProcess }> {
  const port = await freePort()
  await kind.configure(folder, port, options)
  const running = new ProxyProcess(kind.command(folder))
  try {
    await running.says(kind.startedLine, 0, PATIENCE)
    return { port, running }
  } catch (error) {
    await running.stop()
    if (attempts === 1 || !String(error).includes('Address already in use')) throw error
    return startOnFreePort(kind, folder, options, attempts - 1)
  }
}

class ProxyProcess {
  readonly #child: ChildProcessByStdio<null, null, Readable>
  readonly #ended: Promise<unknown>
  #output = ''

  constructor([program, ...args]: readonly [string, ...string[]]) {
    this.#child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] })
    this.#ended = once(this.#child, 'close')
    this.#child.stderr.on('data', (chunk) => {
      this.#output += chunk
    })
  }

  /**
   * Waits until it says a line.
   *
   * @param from where in its output to begin
   * @throws Error with its output when it does not, in so many milliseconds.
   */
  async says(line: string, from: number, patience: number): Promise<void> {
    const late = AbortSignal.timeout(patience)
    while (!this.#output.includes(line, from)) {
      const more = once(this.#child.stderr, 'data', { signal: late })
      await Promise.race([more, this.#ended.then(() => Promise.reject())]).catch(() => {
        throw new Error(
          `${this.#child.spawnargs.join(' ')} has not said "${line}": ${this.#output}`,
        )
      })
    }
  }

  /** Signals until it is heard: for a moment after its start HAProxy ignores the signal. */
  async reload(signal: NodeJS.Signals, line: string): Promise<void> {
    const from = this.#output.length
    for (let attempt = 0; attempt < 10; attempt++) {
      this.#child.kill(signal)
      const isHeard = await this.says(line, from, PATIENCE / 10).then(
        () => true,
        () => false,
      )
      if (isHeard) return
    }
    throw new Error(`${this.#child.spawnargs.join(' ')} does not reload: ${this.#output}`)
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGTERM')
    await this.#ended
  }
}
