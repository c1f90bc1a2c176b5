// Keeps docs/compatibility.md to what the conformance kit has found.
//
//   node scripts/compatibility.js check    fails when the table is not what the last test run showed
//   node scripts/compatibility.js write    takes the last test run into the table
//
// The table has a column for each adapter and runtime that it was written on, and the last test run must have
// results for each column of this version of Node, and of Bun and Deno where their programs are named.
// docs/compatibility.json holds what was found, so that each can be written on its own. `.ci/full` writes those that are
// for other versions of Node than that of the machine.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { compatibilityTable } from '../packages/conformance/dist/compatibility.js'

const DATA = 'docs/compatibility.json'
const TABLE = 'docs/compatibility.md'

const INTRODUCTION = `# Compatibility

This table says how many cases of the conformance kit each adapter passes, on each runtime. A
number alone means all of them. A case is left out only where the engine lacks a capability that it
needs; the tables below name each capability, with the reason.

\`npx -y pnpm@12 compatibility:write\` writes this page, and \`npx -y pnpm@12 test\` checks it.

`

const read = (file) => JSON.parse(readFileSync(file, 'utf8'))
// An adapter leaves a file for each runtime that its tests have run on. An engine may not run here.
const RESULTS = readdirSync('packages')
  .filter((name) => name.startsWith('adapter-'))
  .flatMap((name) => readdirSync(`packages/${name}`).map((file) => `packages/${name}/${file}`))
  .filter((file) => /\/conformance(-\w+)?\.json$/.test(file))
const stored = read(DATA)
const found = RESULTS.map(read)
const nameOf = ({ adapter, runtime }) => `${adapter} on ${runtime}`

function fail(message, command = 'test') {
  console.error(`${message} Run: npx -y pnpm@12 ${command}`)
  process.exit(1)
}

function check() {
  const runtimes = [`Node ${process.versions.node.split('.')[0]}`]
  if (process.env.WIREBEAT_BUN) runtimes.push('Bun')
  if (process.env.WIREBEAT_DENO) runtimes.push('Deno')
  const isHere = ({ runtime }) => runtimes.some((one) => `${runtime} `.startsWith(`${one} `))
  for (const column of stored.filter(isHere)) {
    if (found.some((results) => nameOf(results) === nameOf(column))) continue
    fail(`${TABLE} has a column for ${nameOf(column)}, and the tests have left no results of it.`)
  }
  if (found.length === 0) fail('The tests have left no results at all.')
  for (const results of found) {
    const name = nameOf(results)
    const known = stored.find((other) => nameOf(other) === name)
    if (known === undefined) console.log(`${TABLE} has no column for ${name}`)
    else if (!isDeepStrictEqual(known, results)) {
      fail(`${TABLE} is out of date for ${name}.`, 'compatibility:write')
    }
  }
  const document = INTRODUCTION + compatibilityTable(stored)
  if (readFileSync(TABLE, 'utf8') !== document) {
    fail(`${TABLE} is out of date.`, 'compatibility:write')
  }
}

function write() {
  // What was found now takes the place of what is stored under the same name.
  const all = new Map([...stored, ...found].map((results) => [nameOf(results), results]))
  const sorted = [...all.values()].sort((a, b) =>
    nameOf(a).localeCompare(nameOf(b), 'en', { numeric: true }),
  )
  writeFileSync(DATA, `${JSON.stringify(sorted, undefined, 2)}\n`)
  writeFileSync(TABLE, INTRODUCTION + compatibilityTable(sorted))
}

const command = { check, write }[process.argv[2]]
if (command === undefined) throw new Error('Usage: node scripts/compatibility.js check|write')
command()
