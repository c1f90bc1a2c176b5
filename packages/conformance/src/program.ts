// The battery as a program, for any runtime:
//
//   node|bun|deno run --allow-all program.js <module of the adapter> [file for the results]
//
// The module exports the adapter as `adapter`. The results are JSON, as the compatibility table reads them.
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import { resultsOf } from './results.ts'
import { runBattery } from './run-battery.ts'
import { type AdapterUnderTest, targetOf } from './target.ts'
import { textReporter } from './text-reporter.ts'

const [, , path, resultsFile] = process.argv
if (path === undefined) {
  console.error('Name the module that exports the adapter: program.js <module> [results file]')
  process.exit(2)
}
const module: { readonly adapter: AdapterUnderTest } = await import(
  pathToFileURL(resolve(path)).href
)
const report = await runBattery(targetOf(module.adapter), { reporter: textReporter() })
if (resultsFile !== undefined) {
  writeFileSync(resultsFile, `${JSON.stringify(resultsOf(report), undefined, 2)}\n`)
}
process.exit(report.exitCode)
