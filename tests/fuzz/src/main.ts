import process from 'node:process'
import { Progress } from '@wirebeat/progress'
import { adaptersInProcesses } from '@wirebeat/test-support'
import { FAILED, runCommand } from '@wirebeat/test-support/command'
import { type Plan, type Result, runCampaign } from './campaign.ts'
import { type FuzzOptions, parseCommandLine } from './command-line.ts'
import { KINDS } from './fuzz-target.ts'
import { replayFrom } from './replay.ts'

/** The command: throws the inputs, and prints what has come of them. */
export async function main(args: readonly string[]): Promise<void> {
  const code = await runCommand(() => run(makePlans(parseCommandLine(args))))
  // Node 20 can wait forever, at full load, for a socket that was reset, when it ends by itself.
  process.exit(code)
}

function makePlans({ inputs, seed, only, adapter }: FuzzOptions): readonly Plan[] {
  const replay = replayFrom(process.env)
  console.log(`Seed: ${seed ?? replay.seed}`)
  if (seed === undefined && replay.only !== undefined) {
    return [{ ...replay.only, seed: replay.seed, inputs }]
  }
  const names = adapter === undefined ? adaptersInProcesses().map(({ name }) => name) : [adapter]
  return names.flatMap((name) =>
    KINDS.filter((kind) => kind === (only ?? kind)).map((kind) => ({
      kind,
      adapter: name,
      seed: seed ?? replay.seed,
      inputs,
    })),
  )
}

async function run(plans: readonly Plan[]): Promise<number> {
  let code = 0
  let before = 0
  const progress = new Progress(plans.reduce((sum, { inputs }) => sum + inputs, 0))
  for (const plan of plans) {
    const { kind, adapter, inputs } = plan
    const title = `${kind} on ${adapter}`
    const onProgress = (done: number): void =>
      progress.tell(`${title}: ${done} of ${inputs}`, before + done)
    onProgress(0)
    const result = await runCampaign(plan, onProgress, (what) => progress.say(`${title}: ${what}`))
    progress.clear()
    console.log(describeResult(plan, result))
    before += inputs
    if (result.failure !== undefined) code = FAILED
  }
  progress.end()
  return code
}

function describeResult({ kind, adapter }: Plan, result: Result): string {
  const { inputs, seconds, tally, echoes, memory, unrepeated, failure } = result
  const counts = [...tally].sort(([a], [b]) => a.localeCompare(b))
  const [before, after] = memory ?? []
  return [
    `${kind} on ${adapter}: ${inputs} inputs in ${seconds.toFixed(1)} s; the bystander saw ${echoes} echoes`,
    `  ${counts.map(([what, count]) => `${what}: ${count}`).join(', ')}`,
    ...(before && after
      ? [
          `  heap ${mib(before.heap)} to ${mib(after.heap)} MiB, resident ${mib(before.resident)} to ${mib(after.resident)} MiB`,
        ]
      : []),
    ...unrepeated.map((text) => `NOT REPEATED: ${text}`),
    ...(failure === undefined ? [] : [`FAILED: ${failure}`]),
  ].join('\n')
}

function mib(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1)
}
