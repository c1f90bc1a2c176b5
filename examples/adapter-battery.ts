// The adapter of adapter.ts, put through the conformance kit without a test runner, on Node, Bun or Deno:
// all of it, or with an argument the cases whose group and name contain it, such as `messages:`.
import process from 'node:process'
import { runBattery, targetOf, textReporter } from '@wirebeat/conformance'
import { adapter } from './adapter.ts'

const { exitCode } = await runBattery(targetOf(adapter), {
  name: process.argv[2],
  reporter: textReporter(),
})
process.exit(exitCode)
