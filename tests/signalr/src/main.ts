import process from 'node:process'
import type { Adapter } from '@wirebeat/core/adapter'
import { ADAPTERS, loadAdapter } from '@wirebeat/test-support/adapter-names'
import { FAILED, parseOptions, runCommand } from '@wirebeat/test-support/command'
import { Command, Option } from 'commander'
import { compare } from './compare.ts'
import { areas } from './conversations/index.ts'
import { prepareDotnetClient } from './dotnet-client.ts'
import { DOTNETS, type Dotnet, dotnetVersion, prepareGenuine, startGenuine } from './genuine.ts'
import { writePage } from './page.ts'
import { playAll } from './play/campaign.ts'
import { type Started, startReferenceHub } from './reference/reference-hub.ts'
import { type Recorded, readTranscripts, writeTranscripts } from './transcripts.ts'

interface Options {
  readonly url?: string
  readonly adapter?: string
  readonly only?: string
  readonly dotnet: Dotnet
  readonly record: boolean
  readonly document: boolean
  readonly prepare: boolean
}

/** The command: holds the conversations with a server, and compares or records what came of them. */
export async function main(args: readonly string[]): Promise<void> {
  process.exit(await runCommand(() => run(parse(args))))
}

function parse(args: readonly string[]): Options {
  const command = new Command('conversations')
    .description(
      'Holds the conversations with a server that has the reference hub, and compares what it says with what ASP.NET Core 10 said.',
    )
    .option('--url <url>', 'the origin of a server that runs')
    .option('--adapter <name>', `Wirebeat's hub on one of: ${ADAPTERS.join(', ')}`)
    .addOption(
      new Option('--dotnet <version>', 'ASP.NET Core of this version')
        .choices(DOTNETS)
        .default('10'),
    )
    .option('--only <text>', 'only conversations whose name has this in it')
    .option('--record', 'write what the server says as the transcripts to compare with', false)
    .option('--document', 'only write the table of differences into docs/signalr.md', false)
    .option('--prepare', 'only fetch and build what needs dotnet', false)
    .addHelpText('after', '\nWithout --url and --adapter, ASP.NET Core is built and started.')
  return parseOptions<Options>(command, args)
}

async function run(options: Options): Promise<number> {
  const { url, adapter, dotnet, only, record, document, prepare } = options
  if (document) writePage()
  if (prepare) {
    prepareGenuine()
    prepareDotnetClient()
  }
  if (document || prepare) return 0
  const missing = adapter === undefined ? {} : (await adapterOf(adapter)).missing
  const conversations = [...areas.values()]
    .flat()
    .filter(({ name }) => name.includes(only ?? ''))
    .filter(({ needs }) => needs === undefined || !(needs in missing))
  if (conversations.length === 0) throw new Error(`No conversation has "${only}" in its name.`)
  if (record && only !== undefined) throw new Error('All conversations are recorded, or none.')
  const recorded: Recorded = adapter === undefined ? `net${dotnet}` : 'wirebeat'
  const server = await start(options)
  const started = performance.now()
  const transcripts = await playAll(conversations, server.origin)
  const seconds = ((performance.now() - started) / 1_000).toFixed(1)
  await server.stop()
  console.log(`${conversations.length} conversations in ${seconds} s`)
  if (record) {
    if (url !== undefined) throw new Error('Only ASP.NET Core and Wirebeat are recorded.')
    writeTranscripts(recorded, transcripts)
    return 0
  }
  const expected = new Map(readTranscripts('net10'))
  for (const [name, lines] of readTranscripts(recorded)) expected.set(name, lines)
  const differences = compare(conversations, expected, transcripts)
  for (const lines of differences) console.log(lines.join('\n'))
  console.log(`${conversations.length - differences.length} equal, ${differences.length} different`)
  return differences.length === 0 ? 0 : FAILED
}

async function start({ url, adapter, dotnet }: Options): Promise<Started> {
  if (url !== undefined) return { origin: new URL(url).origin, stop: async () => {} }
  if (adapter !== undefined) return startReferenceHub(await adapterOf(adapter))
  if (dotnetVersion() === undefined) throw new Error('There is no dotnet 10 here. Give --url.')
  return startGenuine(dotnet)
}

async function adapterOf(name: string): Promise<Adapter> {
  if (!ADAPTERS.includes(name)) throw new Error(`There is no adapter "${name}".`)
  return loadAdapter(name)
}
