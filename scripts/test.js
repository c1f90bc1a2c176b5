// The command `test`: lints, builds, type-checks and tests, and says in a line for each task what came of
// it. All that the tasks write goes into a file; of a task that fails it is shown as well.
import { createWriteStream } from 'node:fs'
import { Tasks } from './tasks.js'
import { failureLines, totalLine } from './test-report.js'

const LOG = 'test.log'
const PHASES = [
  ['lint', 'build', 'typecheck'],
  // One after the other, because some hold times.
  ['test', 'compatibility', '--concurrency=1'],
]

const log = createWriteStream(LOG)
const tasks = new Tasks({ log: (text) => log.write(text) })
const isFine = await tasks.run(PHASES.map((phase) => [...phase, ...process.argv.slice(2)]))

const all = [...tasks.all.values()]
const { failed } = tasks
console.log()
for (const line of new Set(all.flatMap(({ leftOut }) => leftOut))) console.log(line)
for (const id of failed) console.log(failureLines(tasks.all.get(id)).join('\n'))
console.log(`${all.length} tasks, ${failed.size} of which failed. All that they wrote: ${LOG}`)
console.log(totalLine(all, failed, isFine))
process.exitCode = isFine ? 0 : 1
