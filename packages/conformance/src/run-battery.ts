import { setTimeout as pause } from 'node:timers/promises'
import { CASE_TIME_LIMIT, type Case, GROUPS, type Group } from './case.ts'
import { type CaseResult, resultOf, skipped } from './case-result.ts'
import { cases } from './cases/index.ts'
import { type BatteryResults, countResult, noResults } from './results.ts'
import { onUncaught } from './runtime.ts'
import type { Target } from './target.ts'

/** Milliseconds after the last case in which an error that nobody catches is still seen. */
const LAST_ERRORS = 100

export interface BatteryOptions {
  /** Only the cases of these groups. Default: all groups. */
  readonly groups?: readonly Group[] | undefined
  /** Only the cases whose `group: name` contains this text, or matches it. Default: all cases. */
  readonly name?: string | RegExp | undefined
  /** How many cases of a group run at the same time, from 1 on. Default: 5. */
  readonly concurrency?: number | undefined
  /** Milliseconds that one case may take, from 1 on. Default: 30,000. */
  readonly timeLimit?: number | undefined
  /** Is told what happens while it happens. Default: nobody is. */
  readonly reporter?: Reporter | undefined
}

/** Who is told of a run of the battery. */
export interface Reporter {
  /** The battery starts, with so many cases. */
  started?(target: Target, count: number): void
  /** A group of so many cases starts. */
  groupStarted?(group: Group, count: number): void
  /** A case has a result. */
  result?(result: CaseResult): void
  /** An error that nobody caught. It belongs to none of the cases for certain. */
  uncaught?(error: unknown): void
  /** All cases have a result. */
  finished?(report: BatteryReport): void
}

/** What became of the battery. */
export interface BatteryReport extends BatteryResults {
  readonly passed: number
  readonly failed: number
  /** Cases that need a capability which the engine lacks. */
  readonly skipped: number
  readonly milliseconds: number
  /** What each case came to, in the order in which they ended. */
  readonly results: readonly CaseResult[]
  /** Errors that nobody caught. Without the runner each of them would have ended the process. */
  readonly uncaught: readonly unknown[]
  /** For a script: 0 when nothing failed and no error went uncaught, else 1. */
  readonly exitCode: 0 | 1
}

/**
 * Runs the battery without a test runner, on Node, Bun or Deno. The groups come one after the other. While
 * it runs it catches errors that would end the process.
 *
 * @throws RangeError for an option that is out of range, and when no case is chosen.
 */
export function runBattery(target: Target, options?: BatteryOptions): Promise<BatteryReport> {
  return runCases(cases, target, options)
}

/** The same with any cases. */
export async function runCases(
  all: readonly Case[],
  target: Target,
  options: BatteryOptions = {},
): Promise<BatteryReport> {
  const chosen = choose(all, options)
  const concurrency = wholeNumber('concurrency', options.concurrency ?? 5)
  const timeLimit = wholeNumber('timeLimit', options.timeLimit ?? CASE_TIME_LIMIT)
  const { reporter } = options
  const start = performance.now()
  const counts = noResults(target)
  const results: CaseResult[] = []
  const uncaught: unknown[] = []
  const ignore = onUncaught((error) => {
    uncaught.push(error)
    reporter?.uncaught?.(error)
  })
  try {
    reporter?.started?.(target, chosen.length)
    for (const group of GROUPS) {
      const members = chosen.filter((one) => one.group === group)
      if (members.length === 0) continue
      reporter?.groupStarted?.(group, members.length)
      await forEach(members, concurrency, async (one) => {
        const result = skipped(one, target) ?? (await resultOf(one, target, timeLimit))
        results.push(result)
        countResult(counts, result)
        reporter?.result?.(result)
      })
    }
    await pause(LAST_ERRORS)
  } finally {
    ignore()
  }
  const count = (outcome: CaseResult['outcome']): number =>
    results.filter((result) => result.outcome === outcome).length
  const failed = count('failed')
  const report: BatteryReport = {
    ...counts,
    passed: count('passed'),
    failed,
    skipped: count('skipped'),
    milliseconds: performance.now() - start,
    results,
    uncaught,
    exitCode: failed === 0 && uncaught.length === 0 ? 0 : 1,
  }
  reporter?.finished?.(report)
  return report
}

/** Does something with each of them, with so many at the same time. */
async function forEach<T>(
  items: readonly T[],
  concurrency: number,
  action: (item: T) => Promise<void>,
): Promise<void> {
  const rest = items.values()
  const work = async (): Promise<void> => {
    for (const item of rest) await action(item)
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, work))
}

function choose(all: readonly Case[], { groups = GROUPS, name = '' }: BatteryOptions) {
  for (const group of groups) {
    if (GROUPS.includes(group)) continue
    throw new RangeError(`There is no group ${group}. Choose from ${GROUPS.join(', ')}.`)
  }
  const matches = (title: string): boolean =>
    typeof name === 'string' ? title.includes(name) : title.search(name) >= 0
  const chosen = all.filter((one) => groups.includes(one.group) && matches(titleOf(one)))
  if (chosen.length > 0) return chosen
  throw new RangeError(`No case of ${groups.join(', ') || 'no group'} has a name with ${name}.`)
}

function titleOf({ group, name }: Case): string {
  return `${group}: ${name}`
}

function wholeNumber(option: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 1) return value
  throw new RangeError(`${option} must be a whole number from 1 on, got ${value}.`)
}
