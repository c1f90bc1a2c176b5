import { spawnSync } from 'node:child_process'
import process from 'node:process'

/** The programs that the tests run, each with arguments that do nothing, and its Debian package. */
const TOOLS: readonly (readonly [command: string, argument: string, debian: string])[] = [
  ['ip', '-Version', 'iproute2'],
  ['nft', '--version', 'nftables'],
  ['prlimit', '--version', 'util-linux'],
]

const missing = TOOLS.filter(([command, argument]) => spawnSync(command, [argument]).status !== 0)

if (process.getuid?.() !== 0) {
  console.error(
    'The tests of faults make network namespaces, and so must be run as root, on Linux.',
  )
  process.exitCode = 1
} else if (missing.length > 0) {
  const tools = missing.map(([command, , debian]) => `${command} (${debian})`).join(', ')
  console.error(`The tests of faults need what is not installed here: ${tools}.`)
  process.exitCode = 1
}
