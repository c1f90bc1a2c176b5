import { ADAPTERS, type AdapterName } from '@wirebeat/test-support/adapter-names'
import { countTo, parseOptions } from '@wirebeat/test-support/command'
import { Command, InvalidArgumentError, Option } from 'commander'
import { KINDS, type Kind } from './fuzz-target.ts'

/** What the command line asks for. */
export interface FuzzOptions {
  /** For each kind on each adapter. */
  readonly inputs: number
  readonly seed?: number
  readonly only?: Kind
  readonly adapter?: AdapterName
}

/** @throws CommanderError as `parseOptions` does. */
export function parseCommandLine(args: readonly string[]): FuzzOptions {
  const command = new Command('wirebeat-fuzz')
    .description(
      'Throws random and mutated handshakes, frames and conversations with a hub at every adapter.',
    )
    .option('--inputs <count>', 'for each kind on each adapter', countTo(100_000_000), 1_000_000)
    .option(
      '--seed <number>',
      'what the inputs are made from (default: WIREBEAT_SEED, else chance)',
      parseSeed,
    )
    .addOption(new Option('--only <kind>', 'one kind alone').choices(KINDS))
    .addOption(new Option('--adapter <name>', 'one adapter alone').choices(ADAPTERS))
    .addHelpText(
      'after',
      '\nWIREBEAT_SEED=seed/kind-adapter/batch plays one batch again, as a failure has named it.',
    )
  return parseOptions(command, args)
}

function parseSeed(text: string): number {
  const seed = Number(text)
  if (/^-?\d+$/.test(text) && Number.isSafeInteger(seed)) return seed
  throw new InvalidArgumentError('Write a whole number.')
}
