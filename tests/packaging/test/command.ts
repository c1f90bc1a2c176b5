import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'

/** Milliseconds that a command may take which fetches nothing. */
const PATIENCE = 100_000

/**
 * Runs a program to its end, and returns what it wrote to its standard output.
 *
 * @throws Error with all that it wrote, when it does not exit with 0.
 */
export async function run(
  [file = '', ...args]: readonly string[],
  {
    cwd,
    env = {},
    patience = PATIENCE,
  }: {
    readonly cwd?: string
    readonly env?: Record<string, string>
    /** Milliseconds that it may take. */
    readonly patience?: number
  } = {},
): Promise<string> {
  const child = spawn(file, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: patience,
    // Package managers are scripts there, which only a shell finds. Nothing from outside is passed on.
    shell: process.platform === 'win32',
  })
  const [output, errors] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ])
  if (child.exitCode === 0) return output
  throw new Error(`${[file, ...args].join(' ')}: exit code ${child.exitCode}\n${output}${errors}`)
}
