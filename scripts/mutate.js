// Mutation testing of core by Stryker, which shows on a terminal how far it is. turbo would keep the terminal from it.
import { spawnSync } from 'node:child_process'
import process from 'node:process'

// A script runner hands on the `--` that told its own arguments from these.
const args = process.argv.slice(2).filter((argument, index) => index > 0 || argument !== '--')
const build = [
  'scripts/turbo.js',
  'run',
  'build',
  '--filter=@wirebeat/core',
  '--output-logs=errors-only',
]
const stryker = ['node_modules/@stryker-mutator/core/bin/stryker.js', 'run', ...args]

function run(command, cwd) {
  return spawnSync(process.execPath, command, { cwd, stdio: 'inherit' }).status ?? 1
}

process.exitCode = run(build, '.') || run(stryker, 'packages/core')
