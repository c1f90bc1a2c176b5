import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { TestContext } from 'vitest'
import { freePort } from './free-port.ts'

/** One of the programs that docs/hosting.md shows, while it runs. */
export interface Example {
  readonly process: ChildProcess
  readonly port: number
  readonly url: string
  /** The lines that it writes, from the first on. */
  readonly lines: AsyncIterator<string>
}

/** Starts an example that ends with the test at the latest. */
export async function startExample(
  { onTestFinished }: TestContext,
  name: string,
): Promise<Example> {
  const port = await freePort()
  const program = fileURLToPath(new URL(`../examples/${name}`, import.meta.url))
  const child = spawn(process.execPath, [program], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, PORT: String(port) },
  })
  onTestFinished(() => stop(child))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return { process: child, port, url: `ws://127.0.0.1:${port}/ws`, lines }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  // Its own children notice that it has gone.
  child.kill('SIGTERM')
  await once(child, 'exit')
}
