import { countTo, parseOptions } from '@wirebeat/test-support/command'
import { Command, InvalidArgumentError } from 'commander'

/** What the command line asks for. */
export interface BenchOptions {
  readonly only: readonly string[]
  readonly full: boolean
  readonly simulation: boolean
  readonly coldStart: boolean
  readonly relay: boolean
  readonly servers: boolean
  readonly stateful: boolean
  readonly rounds: number
  /** Seconds. */
  readonly seconds: number
  readonly warmUp: number
  readonly idleSeconds: number
  readonly idleWarmUp: number
  readonly json?: string
  readonly markdown?: string
  readonly svg?: string
  readonly bufferutil?: string
  readonly cpuProf?: string
}

/** @throws CommanderError as `parseOptions` does. */
export function parseCommandLine(args: readonly string[]): BenchOptions {
  const command = new Command('wirebeat-bench')
    .description('Measures every adapter beside its bare library and its peers.')
    .option(
      '--only <names>',
      'contestants and loads, with commas between them; a part of a load will do: adapter-ws,ws,64x16',
      parseNames,
      [],
    )
    .option('--full', 'every load there is, and not only the usual ones', false)
    .option('--simulation', 'instead: the heartbeat and the topics of a million connections', false)
    .option('--cold-start', 'instead: how long the demo takes until it listens', false)
    .option('--relay', 'instead: topics on two servers, on Redis and on NATS', false)
    .option('--servers', 'instead: a hundred servers with a million subscriptions', false)
    .option(
      '--stateful',
      'instead: calls with and without stateful reconnect, on one server',
      false,
    )
    .option('--rounds <count>', 'how often each load is measured', countTo(100), 3)
    .option('--seconds <time>', 'how long one measurement takes', parseSeconds, 0.8)
    .option('--warm-up <time>', 'seconds before a measurement', parseSeconds, 0.4)
    .option(
      '--idle-seconds <time>',
      'how long idle connections are watched, in whole intervals of their keep-alive',
      parseSeconds,
      10,
    )
    .option('--idle-warm-up <time>', 'seconds before they are watched', parseSeconds, 15)
    .option('--json <file>', 'write every measurement')
    .option('--markdown <file>', 'write the tables')
    .option('--svg <file>', 'write a plot of CPU time per message')
    .option('--bufferutil <folder>', 'let ws use the bufferutil that is in this folder')
    .option('--cpu-prof <folder>', 'write a CPU profile of every server that runs on Node or Bun')
    .addHelpText(
      'after',
      '\nRatios are to the bare library of the same engine: name it too. Loads with 10,000 connections\n' +
        'are measured in every third round.',
    )
  return parseOptions(command, args)
}

function parseNames(text: string, before: readonly string[]): readonly string[] {
  const names = text.split(',').map((name) => name.trim())
  return [...before, ...names.filter((name) => name !== '')]
}

const MOST_SECONDS = 600

function parseSeconds(text: string): number {
  const seconds = Number(text)
  if (seconds >= 0.1 && seconds <= MOST_SECONDS) return seconds
  throw new InvalidArgumentError(`Write a number of seconds from 0.1 to ${MOST_SECONDS}.`)
}
