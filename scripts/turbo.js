// Runs turbo without its telemetry, the same way on every system.
import { spawnSync } from 'node:child_process'

const { status } = spawnSync('turbo', process.argv.slice(2), {
  env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1' },
  stdio: 'inherit',
  // Where commands are scripts, only a shell finds them. Nothing from outside is passed on.
  shell: process.platform === 'win32',
})
process.exitCode = status ?? 1
