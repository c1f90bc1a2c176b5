import { spawnSync } from 'node:child_process'
import process from 'node:process'
import { ADAPTERS, loadAdapter, runtimeOf } from '@wirebeat/test-support/adapter-names'
import { parseOptions, runCommand } from '@wirebeat/test-support/command'
import { Command, Option } from 'commander'
import { startReferenceHub } from './reference-hub.ts'

interface Options {
  readonly port: string
  readonly adapter: string
}

const MAX_PORT = 65_535

/** The command: serves the reference hub on Wirebeat until it is stopped. */
export async function main(args: readonly string[]): Promise<void> {
  const code = await runCommand(async () => {
    const { port, adapter } = parse(args)
    if (runtimeOf(adapter) === 'bun' && process.versions['bun'] === undefined) return onBun(args)
    const server = await startReferenceHub(await loadAdapter(adapter), portOf(port))
    console.log(`The reference hub is at ${server.origin}/hub (adapter-${adapter}).`)
    await new Promise((resolve) => process.once('SIGTERM', resolve).once('SIGINT', resolve))
    await server.stop()
    return 0
  })
  process.exit(code)
}

function parse(args: readonly string[]): Options {
  const command = new Command('reference-hub')
    .description('Serves the hub that is compared with ASP.NET Core, on 127.0.0.1.')
    .option('--port <number>', 'the port; 0 for a free one', '5000')
    .addOption(new Option('--adapter <name>', 'by which engine').choices(ADAPTERS).default('ws'))
  return parseOptions<Options>(command, args)
}

function portOf(text: string): number {
  const port = Number(text)
  if (Number.isInteger(port) && port >= 0 && port <= MAX_PORT) return port
  throw new Error(`--port must be a whole number from 0 to ${MAX_PORT}, got ${text}.`)
}

/** Runs the same command on Bun. */
function onBun(args: readonly string[]): number {
  const bun = process.env['WIREBEAT_BUN'] ?? 'bun'
  const program = process.argv[1] ?? ''
  const { status, error } = spawnSync(bun, [program, ...args], { stdio: 'inherit' })
  if (error !== undefined) {
    throw new Error(`${error.message}. Install Bun, or name it by WIREBEAT_BUN.`)
  }
  return status ?? 1
}
