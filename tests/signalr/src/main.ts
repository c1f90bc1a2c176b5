import process from 'node:process'
import { FAILED, parseOptions, runCommand } from '@wirebeat/test-support/command'
import { Command } from 'commander'
import type { Conversation } from './conversation/step.ts'
import { areas } from './conversations/index.ts'
import { dotnetVersion, startGenuine } from './genuine.ts'
import { playAll } from './play/campaign.ts'
import { differenceOf, readTranscripts, type Transcripts, writeTranscripts } from './transcripts.ts'

interface Options {
  readonly url?: string
  readonly only?: string
  readonly record: boolean
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
    .option(
      '--url <url>',
      'the origin of the server (default: ASP.NET Core, which is built and started)',
    )
    .option('--only <text>', 'only conversations whose name has this in it')
    .option('--record', 'write what the server says as the transcripts to compare with', false)
  return parseOptions<Options>(command, args)
}

async function run({ url, only, record }: Options): Promise<number> {
  const conversations = [...areas.values()].flat().filter(({ name }) => name.includes(only ?? ''))
  if (conversations.length === 0) throw new Error(`No conversation has "${only}" in its name.`)
  if (record && only !== undefined) throw new Error('All conversations are recorded, or none.')
  const started = performance.now()
  const transcripts = await hold(conversations, url)
  const seconds = ((performance.now() - started) / 1_000).toFixed(1)
  console.log(`${conversations.length} conversations in ${seconds} s`)
  if (record) {
    const names = [...areas].map(([area, held]) => [area, held.map(({ name }) => name)] as const)
    writeTranscripts('net10', new Map(names), transcripts)
    return 0
  }
  return compare(conversations, transcripts)
}

async function hold(
  conversations: readonly Conversation[],
  url: string | undefined,
): Promise<Transcripts> {
  if (url !== undefined) return playAll(conversations, new URL(url).origin)
  if (dotnetVersion() === undefined) throw new Error('There is no dotnet 10 here. Give --url.')
  const genuine = await startGenuine()
  try {
    return await playAll(conversations, genuine.origin)
  } finally {
    await genuine.stop()
  }
}

function compare(conversations: readonly Conversation[], transcripts: Transcripts): number {
  const recorded = readTranscripts('net10')
  let different = 0
  for (const { name } of conversations) {
    const difference = differenceOf(recorded.get(name), transcripts.get(name))
    if (difference.length === 0) continue
    different++
    console.log([name, ...difference].join('\n'))
  }
  console.log(`${conversations.length - different} equal, ${different} different`)
  return different === 0 ? 0 : FAILED
}
