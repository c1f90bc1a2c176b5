import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { TestContext } from 'vitest'
import { freePort } from '../free-port.ts'

/** Milliseconds that a proxy may take to start. */
const START_PATIENCE = 10_000

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
  /** What it says on its standard error when it has started. */
  readonly startedLine: string
  readonly reloadSignal: NodeJS.Signals
  /** Writes its configuration into a folder. */
  configure(folder: string, port: number, options: ProxyOptions): Promise<void>
  /** The command that runs it in the foreground. */
  command(folder: string): readonly [program: string, ...args: string[]]
}

/** A proxy while it runs. */
export interface Proxy {
  readonly port: number
  readonly url: string
  /** Has it read another configuration. Its new processes take over a moment later. */
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
  const port = await freePort()
  await kind.configure(folder, port, options)
  const [program, ...args] = kind.command(folder)
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  onTestFinished(() => stop(child))
  await started(child, kind.startedLine)
  return {
    port,
    url: `wss://localhost:${port}/ws`,
    async reload(changed) {
      await kind.configure(folder, port, changed)
      child.kill(kind.reloadSignal)
    },
  }
}

/** Waits until it says that it has started; it takes no signals before. */
async function started(
  child: ChildProcessByStdio<null, null, Readable>,
  line: string,
): Promise<void> {
  const bound = setTimeout(() => child.kill('SIGKILL'), START_PATIENCE)
  let output = ''
  // Read on to the end, so that it is never stopped by what it has to say.
  const hasStarted = new Promise<boolean>((resolve) => {
    child.stderr.on('data', (chunk) => {
      output += chunk
      if (output.includes(line)) resolve(true)
    })
    child.once('close', () => resolve(false))
  })
  const isRunning = await hasStarted
  clearTimeout(bound)
  if (!isRunning) throw new Error(`${child.spawnargs.join(' ')} has ended: ${output}`)
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  await once(child, 'exit')
}
