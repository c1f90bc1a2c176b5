import type { FailedCase, SkippedCase } from './case-result.ts'
import type { BatteryReport, Reporter } from './run-battery.ts'

/**
 * Tells of a run in plain lines: each group as it starts, each failure as it happens, the counts at the
 * end, and what was left out with the reason.
 *
 * @param write is called with each line, which may hold line feeds. Default: `console.log`
 */
export function textReporter(write: (line: string) => void = console.log): Reporter {
  return {
    started: ({ name }, count) => write(`${name}: ${count} cases`),
    groupStarted: (group, count) => write(`${group}: ${count} cases`),
    result(result) {
      if (result.outcome === 'failed') write(describeFailure(result))
    },
    uncaught: (error) => write(`UNCAUGHT ${describeError(error)}`),
    finished(report) {
      for (const line of describeReport(report)) write(line)
    },
  }
}

function describeFailure({ case: { group, name, section }, error }: FailedCase): string {
  return `FAILED ${group}: ${name} (${section})\n${describeError(error)}`
}

/** With the stack, which begins with the message, where there is one. */
function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { message, stack = '' } = error
  return stack.includes(message) ? stack : `${error}\n${stack}`
}

function* describeReport(report: BatteryReport): Iterable<string> {
  const { passed, failed, skipped, uncaught, milliseconds, adapter, runtime, results } = report
  const counts = [`${passed} passed`, `${failed} failed`, `${skipped} skipped`]
  if (uncaught.length > 0) counts.push(`${uncaught.length} uncaught errors`)
  yield `${adapter} on ${runtime}: ${counts.join(', ')}, in ${(milliseconds / 1_000).toFixed(1)} s`

  const lacks = new Map<string, SkippedCase[]>()
  for (const result of results) {
    if (result.outcome !== 'skipped') continue
    lacks.set(result.capability, [...(lacks.get(result.capability) ?? []), result])
  }
  for (const [capability, [first, ...others]] of lacks) {
    if (first === undefined) continue
    yield `${1 + others.length} skipped, no ${capability}: ${first.reason} (${first.upstream})`
  }
}
