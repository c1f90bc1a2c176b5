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
  const [command = '', ...first] = program
  const args = [...first, origin, wire.origin, encoding, transport]
  const child = spawn(command, args, { env: ENVIRONMENT, stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const lines: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    if (line === 'cut') wire.cut()
    else lines.push(line)
  }
  const code = await ended
  wire.close()
  if (code !== 0) throw new Error(`The program of the .NET client ended with ${code}.`)
  return lines
}
