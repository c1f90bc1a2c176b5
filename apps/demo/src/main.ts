import { OptionError } from '@wirebeat/core'
import { CommanderError } from 'commander'
import { flagOf, parseCommandLine } from './command-line.ts'
import { startDemo } from './demo.ts'
import { isBun, runOnBun } from './on-bun.ts'

const FAILED = 1
const WRONG_USAGE = 2

/** Runs the command: parses the arguments, serves, and ends on SIGINT or SIGTERM. */
export async function main(args: readonly string[]): Promise<void> {
  // The reader of the log may end first.
  process.stdout.on('error', () => {})
  try {
    const options = parseCommandLine(args)
    if (options.adapter === 'bun' && !isBun) {
      process.exitCode = await runOnBun(args)
      return
    }
    const demo = await startDemo(options, (line) => console.log(line))
    console.log(`Listening on ${demo.url} (adapter ${options.adapter})`)
    endOnSignal(demo.stop)
  } catch (error) {
    process.exitCode = explain(error)
  }
}

function endOnSignal(stop: () => Promise<void>): void {
  const end = (): void => {
    // A second signal ends the process at once, by the default handler.
    process.off('SIGINT', end).off('SIGTERM', end)
    stop().then(
      () => process.exit(0),
      (error) => process.exit(explain(error)),
    )
  }
  process.on('SIGINT', end).on('SIGTERM', end)
  // Who has started it on Bun is gone.
  process.on('disconnect', end)
}

/** Prints an error in one line, and returns the exit code. */
function explain(error: unknown): number {
  // Commander has printed it. Help is not an error.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USAGE
  if (error instanceof OptionError) {
    const { option, message } = error
    console.error(`error: ${message.replace(option, flagOf(option))}`)
    return WRONG_USAGE
  }
  console.error(`error: ${error instanceof Error ? error.message : error}`)
  return FAILED
}
