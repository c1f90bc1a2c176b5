import process from 'node:process'
import { type Command, CommanderError, InvalidArgumentError } from 'commander'

/** The exit code of a command that has found something wrong. */
export const FAILED = 1
const WRONG_USAGE = 2
const INTERRUPTED = 130

/**
 * Runs a command, and says what was wrong in one line where it throws.
 *
 * @returns the exit code: that of the command, or 2
 */
export async function runCommand(command: () => Promise<number>): Promise<number> {
  // The children of this process are ended on exit.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => process.exit(INTERRUPTED))
  }
  try {
    return await command()
  } catch (error) {
    // Commander has said it already; help is no error.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USAGE
    console.error(`error: ${error instanceof Error ? error.message : error}`)
    return WRONG_USAGE
  }
}

/**
 * Parses the arguments of a command that has nothing but options.
 *
 * @throws CommanderError for wrong ones and for `--help`, after printing what there is to say.
 */
export function parseOptions<Options extends object>(
  command: Command,
  args: readonly string[],
): Options {
  // A script runner hands on the `--` that told its own arguments from these.
  const [first, ...rest] = args
  command.exitOverride().allowExcessArguments(false)
  return command.parse(first === '--' ? rest : [...args], { from: 'user' }).opts<Options>()
}

/** Parses the value of an option that is a whole number from 1 to `most`. */
export function countTo(most: number): (text: string) => number {
  return (text) => {
    const count = Number(text)
    if (Number.isInteger(count) && count >= 1 && count <= most) return count
    throw new InvalidArgumentError(`Write a whole number from 1 to ${most}.`)
  }
}
