// Runs turbo without its telemetry, the same way on every system.
import { spawnSync } from 'node:child_process'

const { status, error } = spawnSync('turbo', process.argv.slice(2), {
  env: {
    ...process.env,
    TURBO_TELEMETRY_DISABLED: '1',
    // What a test shows on one version of Node says nothing about another.
    WIREBEAT_RUNTIME: `${process.version} ${process.platform} ${process.arch}`,
  },
  stdio: 'inherit',
  // Where commands are scripts, only a shell finds them. Nothing from outside is passed on.
  shell: process.platform === 'win32',
})
if (error) console.error(`turbo cannot be run: ${error.message}. Run it through pnpm.`)
process.exitCode = status ?? 1
