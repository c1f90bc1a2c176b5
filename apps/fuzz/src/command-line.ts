import { Command, InvalidArgumentError, Option } from 'commander'
import { KINDS, type Kind } from './ground.ts'
import { ADAPTERS, type AdapterName } from './protocol.ts'

/** What the command line asks for. */
export interface FuzzOptions {
  /** For each kind on each adapter. */
  readonly inputs: number
  readonly seed?: number
  readonly only?: Kind
  readonly adapter?: AdapterName
}

/**
 * Parses the arguments.
 *
 * @throws CommanderError for wrong ones and for `--help`, after printing what there is to say.
 */
export function parseCommandLine(args: readonly string[]): FuzzOptions {
  // A script runner hands on the `--` that told its own arguments from these.
  const [first, ...rest] = args
  const program = makeProgram()
  program.parse(first === '--' ? rest : [...args], { from: 'user' })
  return program.opts<FuzzOptions>()
}

function makeProgram(): Command {
  return new Command('wirebeat-fuzz')
    .description('Throws random and mutated handshakes and frames at both adapters.')
    .exitOverride()
    .allowExcessArguments(false)
    .option('--inputs <count>', 'for each kind on each adapter', parseCount, 1_000_000)
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
}

const MOST_INPUTS = 100_000_000

function parseCount(text: string): number {
  const count = Number(text)
  if (Number.isInteger(count) && count >= 1 && count <= MOST_INPUTS) return count
  throw new InvalidArgumentError(`Write a whole number from 1 to ${MOST_INPUTS}.`)
}

function parseSeed(text: string): number {
  const seed = Number(text)
  if (/^-?\d+$/.test(text) && Number.isSafeInteger(seed)) return seed
  throw new InvalidArgumentError('Write a whole number.')
}
