// What the command `test` says: a line for each task, and at the end how many tests passed.
import { stripVTControlCharacters } from 'node:util'

/** Where something stands, or the end of a failure. */
const PLACE = /^ ❯ |^⎯+/

/** What a task has written so far. */
export class Task {
  /** @param id as turbo names it: `@wirebeat/core#test` */
  constructor(id) {
    this.id = id
    this.name = id.replace('@wirebeat/', '').replace('//', 'root').replace('#', ' ')
    this.lines = []
  }

  add(text) {
    this.lines.push(stripVTControlCharacters(text))
  }

  get isCached() {
    return this.lines[0]?.startsWith('cache hit') ?? false
  }

  /** pnpm says so of a script that has failed. */
  get hasFailed() {
    return this.lines.some((line) => line.startsWith('[ELIFECYCLE]'))
  }

  /** What was not run here, and why. */
  get leftOut() {
    return this.lines.filter((line) => line.startsWith('Left out: '))
  }

  /** What vitest says first of each test that failed: its name, and its error without the place in the code. */
  get failures() {
    const lines = []
    let isFailure = false
    for (const line of this.lines) {
      if (line.startsWith(' FAIL ')) isFailure = true
      else if (PLACE.test(line)) isFailure = false
      if (isFailure && line !== '') lines.push(line)
    }
    return lines
  }

  /** How many tests vitest has counted. */
  get counts() {
    const counts = { passed: 0, failed: 0, skipped: 0 }
    for (const line of this.lines) {
      const [, all] = /^\s+Tests\s+(.*) \(\d+\)$/.exec(line) ?? []
      for (const [, count, what] of (all ?? '').matchAll(/(\d+) (\w+)/g)) {
        // What is to be written yet was not run either.
        counts[what === 'todo' ? 'skipped' : what] += Number(count)
      }
    }
    return counts
  }
}

/** `1.2 s`, or `3 min 4 s`. */
function duration(milliseconds) {
  const seconds = milliseconds / 1_000
  if (seconds < 60) return `${seconds.toFixed(1)} s`
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`
}

/** The line of a task that has ended. */
export function taskLine(task, hasFailed, milliseconds) {
  const { passed, failed, skipped } = task.counts
  const counts = [
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(passed > 0 ? [`${passed} passed`] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
  ]
  const time = task.isCached ? 'cached' : duration(milliseconds)
  return [
    (hasFailed ? 'FAILED' : 'ok').padEnd(6),
    task.name.padEnd(26),
    time.padStart(11),
    `  ${counts.join(', ')}`,
  ]
    .join(' ')
    .trimEnd()
}

/** More of a task's failures stands above. */
const MOST_LINES = 20
const MOST_CHARACTERS = 300

/** What has failed, once more and in short, for who sees the end of the output alone. */
export function failureLines(task) {
  const { failures } = task
  const lines = failures.slice(0, MOST_LINES).map((line) => line.slice(0, MOST_CHARACTERS))
  const left = failures.length - lines.length
  return [`Failed: ${task.name}`, ...lines, ...(left > 0 ? [` and ${left} lines more, above`] : [])]
}

/**
 * The last line: the tests of all tasks. A task that failed without a failed test counts as one, so that
 * nothing that failed ends with `0 failed`.
 */
export function totalLine(tasks, failedTasks, isFine) {
  const total = { passed: 0, failed: 0, skipped: 0 }
  for (const task of tasks) {
    const { passed, failed, skipped } = task.counts
    total.passed += passed
    total.failed += failed === 0 && failedTasks.has(task.id) ? 1 : failed
    total.skipped += skipped
  }
  const failed = isFine ? total.failed : Math.max(total.failed, 1)
  return `${total.passed} passed, ${failed} failed, ${total.skipped} skipped`
}
