import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { buildDotnet, ENVIRONMENT } from './genuine.ts'
import { wireTo } from './wire/cuttable-wire.ts'
import type { EncodingName } from './wire/record.ts'

const PROJECT = fileURLToPath(new URL('../dotnet-client', import.meta.url))

export type TransportName = 'WebSockets' | 'ServerSentEvents' | 'LongPolling'

/** Fetches and builds the program, and returns what starts it. */
export function prepareDotnetClient(): readonly string[] {
  return buildDotnet(PROJECT, 'dotnet-client')
}

/**
 * Runs the program of the .NET client with a server that has the reference hub.
 *
 * @param program what `prepareDotnetClient` returned
 * @returns a line for each thing that it has tried, with what came of it
 */
export async function runDotnetClient(
  program: readonly string[],
  origin: string,
  encoding: EncodingName,
  transport: TransportName,
): Promise<readonly string[]> {
  const wire = await wireTo(origin)
  try {
    return await run(program, [origin, wire.origin, encoding, transport], () => wire.cut())
  } finally {
    wire.close()
  }
}

/**
 * Lets the .NET client call through proxies, each of which has a name and an origin.
 *
 * @param program what `prepareDotnetClient` returned
 * @returns a line for each attempt, sorted, with the transport by which it came through, or why it did not
 */
export async function callBehindProxies(
  program: readonly string[],
  proxies: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  return (await run(program, ['behind', ...Object.entries(proxies).flat()])).sort()
}

/** @param cut called when the program wants its wire to be cut */
async function run(
  [command = '', ...first]: readonly string[],
  args: readonly string[],
  cut?: () => void,
): Promise<string[]> {
  const stdio = ['ignore', 'pipe', 'inherit'] as const
  const child = spawn(command, [...first, ...args], { env: ENVIRONMENT, stdio: [...stdio] })
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const lines: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    if (line === 'cut') cut?.()
    else lines.push(line)
  }
  const code = await ended
  if (code !== 0) throw new Error(`The program of the .NET client ended with ${code}.`)
  return lines
}
