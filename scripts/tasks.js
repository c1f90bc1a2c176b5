// Runs tasks by turbo, and says what comes of them. On a terminal one line shows which task runs, how far all are,
// and how long they will take, from what they took the last time.
import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline'
import { stripVTControlCharacters } from 'node:util'
import { Progress } from '@wirebeat/progress'
import { Task, taskLine } from './test-report.js'

const TURBO = ['scripts/turbo.js', 'run']
/** How many milliseconds each task took the last time. */
const TIMES = 'node_modules/.cache/wirebeat/times.json'
const OPTIONS = ['--continue=dependencies-successful', '--json', '--summarize']

/** Without colours, where nobody would see them. */
function plain(text) {
  return process.stdout.isTTY ? text : stripVTControlCharacters(text)
}

function readTimes() {
  try {
    return JSON.parse(readFileSync(TIMES, 'utf8'))
  } catch {
    return {}
  }
}

/** The command line of turbo for a phase. What comes after `--` is for the tasks. */
function commandLine(phase, options) {
  const at = phase.indexOf('--')
  const end = at === -1 ? phase.length : at
  return [...TURBO, ...phase.slice(0, end), ...options, ...phase.slice(end)]
}

/** What turbo would run, with the milliseconds that each task may take: `undefined` where it has never run. */
function plan(phases, times) {
  const ids = phases.flatMap((phase) => {
    const { stdout } = spawnSync(process.execPath, commandLine(phase, ['--dry=json']), {
      encoding: 'utf8',
    })
    try {
      return JSON.parse(stdout)
        .tasks.filter(({ command }) => command !== '<NONEXISTENT>')
        .map(({ taskId, cache }) => [taskId, cache.status === 'HIT' ? 0 : times[taskId]])
    } catch {
      // Then there is nothing to say beforehand; turbo says what is wrong when it runs.
      return []
    }
  })
  return new Map(ids)
}

export class Tasks {
  /** By their ids, in the order in which they began. */
  all = new Map()
  /** The ids of those that failed. */
  failed = new Set()
  #reported = new Set()
  #showsOutput
  #log
  #progress
  #times = readTimes()
  #weights = new Map()
  #total = 0
  #done = 0

  /**
   * @param showsOutput whether all that the tasks write is shown at once, or only what failed, at its end
   * @param log told each line that they write
   */
  constructor({ showsOutput = false, log = () => {} } = {}) {
    this.#showsOutput = showsOutput
    this.#log = log
  }

  /**
   * Runs phases of tasks, each a list of arguments of turbo, up to the first one that fails.
   *
   * @returns whether all went well
   */
  async run(phases) {
    this.#begin(phases)
    let isFine = true
    for (const phase of phases) isFine &&= await this.#run(phase)
    this.#progress.end()
    mkdirSync(dirname(TIMES), { recursive: true })
    writeFileSync(TIMES, JSON.stringify(this.#times))
    return isFine
  }

  #begin(phases) {
    const planned = process.stdout.isTTY ? plan(phases, this.#times) : new Map()
    const known = [...planned.values()].filter((time) => time > 0)
    const usual = known.length === 0 ? 1 : known.reduce((sum, time) => sum + time) / known.length
    for (const [id, time = usual] of planned) this.#weights.set(id, time)
    for (const weight of this.#weights.values()) this.#total += weight
    this.#progress = new Progress(Math.max(this.#total, 1), {
      stream: process.stdout,
      ...(known.length > 0 && { expected: this.#total }),
    })
    this.#progress.tell('turbo', 0)
  }

  async #run(phase) {
    const isSerial = phase.includes('--concurrency=1')
    const turbo = spawn(process.execPath, commandLine(phase, OPTIONS), {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const ended = new Promise((resolve) => turbo.on('close', resolve))
    let errors = ''
    turbo.stderr.on('data', (chunk) => {
      errors += chunk
    })
    let current
    let summary
    for await (const line of createInterface({ input: turbo.stdout })) {
      const { source, text, timestamp } = JSON.parse(line)
      this.#log(`${source}: ${stripVTControlCharacters(text)}\n`)
      if (source === 'turbo') {
        summary = /^\s*Summary:\s+(\S.*)$/.exec(text)?.[1] ?? summary
        continue
      }
      if (!this.all.has(source)) {
        // In a row, the first word of one is the end of the one before.
        if (isSerial && current)
          this.#report(current.task, current.task.hasFailed, timestamp - current.start)
        this.all.set(source, new Task(source))
        current = { task: this.all.get(source), start: timestamp }
      }
      const task = this.all.get(source)
      task.add(text)
      if (this.#showsOutput) this.#progress.say(plain(`${task.name}: ${text}`))
      this.#progress.tell(`${task.name}: ${stripVTControlCharacters(text).trim()}`, this.#done)
    }
    const status = await ended
    this.#log(errors)
    const before = this.failed.size
    if (summary !== undefined) {
      this.#conclude(JSON.parse(readFileSync(summary, 'utf8')).tasks)
      rmSync(summary)
    }
    // It ends with 0 when somebody stops it, and has not run all tasks then.
    const isComplete = status === 0 && summary !== undefined
    // Then it is turbo that could not run them.
    if (!isComplete && this.failed.size === before) console.error(errors || 'turbo was stopped.')
    return isComplete
  }

  #report(task, hasFailed, milliseconds) {
    if (this.#reported.has(task.id)) return
    this.#reported.add(task.id)
    this.#done += this.#weights.get(task.id) ?? 0
    this.#progress.say(taskLine(task, hasFailed, milliseconds))
  }

  /** Says what is known now of each task that has run, and shows the output of those that failed. */
  #conclude(outcomes) {
    for (const { taskId, execution, logFile } of outcomes) {
      const task = this.all.get(taskId)
      if (task === undefined || execution === undefined) continue
      const { exitCode, startTime, endTime } = execution
      this.#report(task, exitCode !== 0, endTime - startTime)
      if (exitCode === 0) {
        if (!task.isCached) this.#times[taskId] = endTime - startTime
        continue
      }
      this.failed.add(taskId)
      if (this.#showsOutput) continue
      this.#progress.say(`\n--- ${task.name} failed. All that it wrote: ---\n`)
      this.#progress.say(plain(readFileSync(logFile, 'utf8').trim()))
      this.#progress.say(`\n--- the end of ${task.name} ---\n`)
    }
  }
}
