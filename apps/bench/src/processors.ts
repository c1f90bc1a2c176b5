import { spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'

/** Puts programs on processors of their own. */
export interface Processors {
  /** What is written before the command line of a program, to run it on the given side. */
  readonly prefixOf: Readonly<Record<'server' | 'generator', readonly string[]>>
  readonly isPinned: boolean
}

/** One processor for the server and another for the load generator, where `taskset` can do that. */
export function findProcessors(): Processors {
  const canPin =
    availableParallelism() > 1 &&
    spawnSync('taskset', ['-c', '0,1', 'true'], { stdio: 'ignore' }).status === 0
  return {
    isPinned: canPin,
    prefixOf: {
      server: canPin ? ['taskset', '-c', '0'] : [],
      generator: canPin ? ['taskset', '-c', '1'] : [],
    },
  }
}
