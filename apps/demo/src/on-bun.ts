import { spawn } from 'node:child_process'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const PROGRAM = fileURLToPath(new URL('../bin/wirebeat-demo.js', import.meta.url))

/** Whether Bun runs this. */
export const isBun: boolean = 'bun' in process.versions

/**
 * Runs the command with the Bun that `WIREBEAT_BUN` names, or that is found as `bun`, until it ends.
 *
 * @returns a promise of its exit code.
 * @throws Error (the promise rejects) where there is no Bun.
 */
export function runOnBun(
  args: readonly string[],
  bun: string = process.env['WIREBEAT_BUN'] || 'bun',
): Promise<number> {
  const child = spawn(bun, ['--no-install', PROGRAM, ...args], {
    // The channel ends with this process, also where that is killed.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    // In a process group of its own: a terminal would send its signals to both.
    detached: true,
  })
  const forward = (signal: NodeJS.Signals): void => void child.kill(signal)
  process.on('SIGINT', forward).on('SIGTERM', forward)
  return new Promise((resolve, reject) => {
    child.on('error', () => {
      const advice = 'Install it (https://bun.com), or name its program in WIREBEAT_BUN.'
      reject(new Error(`The adapter bun needs Bun, and there is no program "${bun}". ${advice}`))
    })
    child.on('close', (code) => resolve(code ?? 1))
  })
}
