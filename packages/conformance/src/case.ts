import type { Capability, MissingCapability } from '@wirebeat/core/adapter'
import { Harness } from './harness.ts'
import type { Target } from './target.ts'

/** What the cases are about, in the order in which they are told. */
export const GROUPS = [
  'handshake',
  'origin',
  'messages',
  'sessions',
  'heartbeat',
  'closing',
  'framing',
  'limits',
  'backpressure',
  'shutdown',
  'stats',
  'plain requests',
  'conversations',
] as const

export type Group = (typeof GROUPS)[number]

/** One behaviour that every adapter must show. */
export interface Case extends UngroupedCase {
  readonly group: Group
}

/** A case as it is written, before it is put into a group. */
export interface UngroupedCase {
  /** A sentence about the behaviour. */
  readonly name: string
  /** Where the behaviour is laid down: `RFC 6455, section 5.4`, `Design: The 2X rule`. */
  readonly section: string
  /** What an engine must be able to do for it; nothing where every engine can. */
  readonly needs?: readonly Capability[]
  run(harness: Harness): Promise<void>
}

/** The same cases, for engines that have this capability as well. */
export function needing(
  capability: Capability,
  cases: readonly UngroupedCase[],
): readonly UngroupedCase[] {
  return cases.map((one) => ({ ...one, needs: [capability, ...(one.needs ?? [])] }))
}

/** Puts cases into a group. All about framing needs a wire. */
export function inGroup(group: Group, cases: readonly UngroupedCase[]): readonly Case[] {
  const able = group === 'framing' ? needing('wire', cases) : cases
  return able.map((one) => ({ ...one, group }))
}

/** What an adapter's engine lacks for a case, with the reason; nothing where it can be run. */
export function missingFor(
  { needs = [] }: Case,
  { missing }: Pick<Target, 'missing'>,
): ({ readonly capability: Capability } & MissingCapability) | undefined {
  for (const capability of needs) {
    const lack = missing[capability]
    if (lack !== undefined) return { capability, ...lack }
  }
  return undefined
}

/** Milliseconds for one case, where no other limit is given: several bounded waits, on a busy machine. */
export const CASE_TIME_LIMIT = 30_000

/**
 * Runs one case, from start to clean end.
 *
 * @param timeLimit milliseconds; a case that takes longer is left to itself, and its servers are ended
 * @throws what went wrong, an AssertionError in most cases.
 */
export async function runCase(
  one: Case,
  target: Target,
  timeLimit: number = CASE_TIME_LIMIT,
): Promise<void> {
  const harness = new Harness(target)
  let timer: ReturnType<typeof setTimeout> | undefined
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`The case has not ended after ${timeLimit} ms.`))
      // Not waited for, because what holds up the case can hold up its end as well.
      harness.finish().catch(() => {})
    }, timeLimit)
  })
  try {
    await Promise.race([runToEnd(one, harness), limit])
  } finally {
    clearTimeout(timer)
  }
}

async function runToEnd(one: Case, harness: Harness): Promise<void> {
  try {
    await one.run(harness)
  } catch (error) {
    // What follows from the failure is not what went wrong.
    await harness.finish().catch(() => {})
    throw error
  }
  await harness.finish()
}
