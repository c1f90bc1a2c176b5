// The command `test`: lints, builds, type-checks and tests, and says in a line for each task what came of
// it. All that the tasks write goes into a file; of a task that fails it is shown as well.
import { spawn } from 'node:child_process'
import { createWriteStream, readFileSync, rmSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { stripVTControlCharacters } from 'node:util'
import { Task, taskLine, totalLine } from './test-report.js'

const LOG = 'test.log'
const PHASES = [
  ['lint', 'build', 'typecheck'],
  // One after the other, because some hold times.
  ['test', 'compatibility', '--concurrency=1'],
]

const log = createWriteStream(LOG)
const tasks = new Map()
const failed = new Set()
const reported = new Set()

/** Without colours, where nobody would see them. */
function plain(text) {
  return process.stdout.isTTY ? text : stripVTControlCharacters(text)
}

function report(task, hasFailed, milliseconds) {
  if (reported.has(task.id)) return
  reported.add(task.id)
  console.log(taskLine(task, hasFailed, milliseconds))
}

/** Runs tasks by turbo, and resolves with whether all went well. */
async function run(phase) {
  const isSerial = phase.includes('--concurrency=1')
  const options = ['--continue=dependencies-successful', '--json', '--summarize']
  const args = ['scripts/turbo.js', 'run', ...phase, ...options, ...process.argv.slice(2)]
  const turbo = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = new Promise((resolve) => turbo.on('close', resolve))
  let errors = ''
  turbo.stderr.on('data', (chunk) => {
    errors += chunk
  })
  let current
  let summary
  for await (const line of createInterface({ input: turbo.stdout })) {
    const { source, text, timestamp } = JSON.parse(line)
    log.write(`${source}: ${stripVTControlCharacters(text)}\n`)
    if (source === 'turbo') {
      summary = /^\s*Summary:\s+(\S.*)$/.exec(text)?.[1] ?? summary
      continue
    }
    if (!tasks.has(source)) {
      // In a row, the first word of one is the end of the one before.
      if (isSerial && current)
        report(current.task, current.task.hasFailed, timestamp - current.start)
      tasks.set(source, new Task(source))
      current = { task: tasks.get(source), start: timestamp }
    }
    tasks.get(source).add(text)
  }
  const status = await ended
  log.write(errors)
  const before = failed.size
  if (summary !== undefined) {
    conclude(JSON.parse(readFileSync(summary, 'utf8')).tasks)
    rmSync(summary)
  }
  // It ends with 0 when somebody stops it, and has not run all tasks then.
  const isComplete = status === 0 && summary !== undefined
  // Then it is turbo that could not run them.
  if (!isComplete && failed.size === before) console.error(errors || 'turbo was stopped.')
  return isComplete
}

/** Says what is known now of each task that has run, and shows the output of those that failed. */
function conclude(outcomes) {
  for (const { taskId, execution, logFile } of outcomes) {
    const task = tasks.get(taskId)
    if (task === undefined || execution === undefined) continue
    const { exitCode, startTime, endTime } = execution
    report(task, exitCode !== 0, endTime - startTime)
    if (exitCode === 0) continue
    failed.add(taskId)
    console.log(`\n--- ${task.name} failed. All that it wrote: ---\n`)
    console.log(plain(readFileSync(logFile, 'utf8').trim()))
    console.log(`\n--- the end of ${task.name} ---\n`)
  }
}

let isFine = true
for (const phase of PHASES) isFine &&= await run(phase)

const all = [...tasks.values()]
console.log()
for (const line of new Set(all.flatMap(({ leftOut }) => leftOut))) console.log(line)
if (failed.size > 0) {
  console.log(`Failed: ${[...failed].map((id) => tasks.get(id).name).join(', ')}`)
}
console.log(`${all.length} tasks, ${failed.size} of which failed. All that they wrote: ${LOG}`)
console.log(totalLine(all, failed, isFine))
process.exitCode = isFine ? 0 : 1
