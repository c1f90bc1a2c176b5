import { access, mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import process from 'node:process'
import { FAILED, runCommand } from '@wirebeat/test-support/command'
import { RUNTIME_VARIABLES } from '@wirebeat/test-support/process'
import { buildAspnet } from './aspnet.ts'
import { measureColdStart } from './cold-start.ts'
import { type BenchOptions, parseCommandLine } from './command-line.ts'
import { CONTESTANTS, isOnAspnet, USUAL_CONTESTANTS } from './contestant.ts'
import { LOADS, USUAL_LOADS } from './load.ts'
import { describeMachine } from './machine.ts'
import { makePlan, type Outcome, runPlan } from './plan.ts'
import { renderPlot } from './plot.ts'
import { isAvailable, Programs } from './programs.ts'
import { measureRelay } from './relay-cost.ts'
import { disturbance, isGeneratorBound, renderReport } from './report.ts'
import { type Selection, select } from './selection.ts'
import { simulateServers } from './servers-simulation.ts'
import { simulate } from './simulation.ts'
import { measureStateful } from './stateful-cost.ts'
import { type Row, summarize } from './summary.ts'

/** The command: measures, prints the tables, and writes the files that were asked for. */
export async function main(args: readonly string[]): Promise<void> {
  process.exitCode = await runCommand(() => run(parseCommandLine(args)))
}

async function run(options: BenchOptions): Promise<number> {
  if (options.simulation) {
    console.log(await simulate(options.rounds))
    return 0
  }
  if (options.coldStart) {
    console.log(await measureColdStart(options.rounds))
    return 0
  }
  if (options.relay) {
    console.log(await measureRelay(options.rounds, (line) => console.error(line)))
    return 0
  }
  if (options.servers) {
    console.log(await simulateServers((line) => console.error(line)))
    return 0
  }
  if (options.stateful) {
    const programs = await preparePrograms(options)
    console.log(await measureStateful(programs, options.rounds, (line) => console.error(line)))
    return 0
  }
  const notes: string[] = []
  const selection = selectAvailable(options, notes)
  const programs = await preparePrograms(options)
  notes.push(describeRun(options, programs))
  const plan = makePlan(selection, options.rounds)
  const times = {
    window: options.seconds * 1_000,
    warmUp: options.warmUp * 1_000,
    idleWarmUp: options.idleWarmUp * 1_000,
    idleWindow: options.idleSeconds * 1_000,
  }
  const outcome = await runPlan(programs, plan, times)
  await writeResults(options, selection, outcome, notes)
  return outcome.failures.length === 0 ? 0 : FAILED
}

function selectAvailable({ only, full }: BenchOptions, notes: string[]): Selection {
  const { contestants, loads } = select(only, {
    usualContestants: USUAL_CONTESTANTS,
    contestants: CONTESTANTS,
    usualLoads: full ? LOADS : USUAL_LOADS,
    loads: LOADS,
  })
  for (const { name, runtime } of contestants.filter((one) => !isAvailable(one))) {
    if (runtime !== 'node') {
      notes.push(`${name} is left out: ${RUNTIME_VARIABLES[runtime]} does not name its program.`)
    }
  }
  const available = contestants.filter(isAvailable)
  if (!available.some(isOnAspnet)) return { contestants: available, loads }
  const problem = buildAspnet()
  if (problem === undefined) return { contestants: available, loads }
  notes.push(`ASP.NET Core is left out: ${problem}`)
  return { contestants: available.filter((one) => !isOnAspnet(one)), loads }
}

async function preparePrograms({ bufferutil, cpuProf }: BenchOptions): Promise<Programs> {
  if (bufferutil !== undefined) await access(join(bufferutil, 'bufferutil', 'package.json'))
  if (cpuProf !== undefined) await mkdir(cpuProf, { recursive: true })
  return new Programs({
    bufferutil: bufferutil && resolve(bufferutil),
    cpuProf: cpuProf && resolve(cpuProf),
  })
}

function describeRun(options: BenchOptions, { processors: { isPinned } }: Programs): string {
  const { rounds, seconds, warmUp, idleSeconds, idleWarmUp, bufferutil } = options
  return [
    `${new Date().toISOString().slice(0, 10)}, ${describeMachine()}.`,
    `Rounds: ${rounds}, of ${seconds} s after ${warmUp} s; idle connections at least ${idleSeconds} s after ${idleWarmUp} s.`,
    isPinned
      ? 'Server and load generator each on a processor of its own.'
      : 'Server and load generator share the processors.',
    bufferutil === undefined ? 'ws without bufferutil.' : 'ws with bufferutil.',
  ].join(' ')
}

async function writeResults(
  { json, markdown, svg }: BenchOptions,
  selection: Selection,
  { measurements, failures }: Outcome,
  notes: readonly string[],
): Promise<void> {
  const rows = summarize(selection, measurements)
  const text = [
    renderReport(rows),
    'In parentheses: the ratio to the bare library of the same engine, in the same rounds.',
    ...(rows.some(isGeneratorBound)
      ? ['*: the load generator was busier than the server, which could have done more.']
      : []),
    ...disturbanceNote(rows),
    ...notes,
    ...failures.map((failure) => `Failed: ${failure}`),
  ].join('\n\n')
  console.log(text)
  if (markdown !== undefined) await writeFile(markdown, `${text}\n`)
  if (json !== undefined) {
    await writeFile(json, `${JSON.stringify({ notes, failures, rows, measurements }, null, 2)}\n`)
  }
  if (svg !== undefined) {
    const plot = renderPlot(rows)
    if (plot === undefined) console.error('No plot: none of the loads that it shows was measured.')
    else await writeFile(svg, plot)
  }
}

/** Of one core. */
const QUIET = 0.05

function disturbanceNote(rows: readonly Row[]): string[] {
  const share = disturbance(rows) ?? 0
  if (share < QUIET) return []
  return [
    `Other programs used ${(share * 100).toFixed(0)} % of a core meanwhile: latencies and rates are worse for it.`,
  ]
}
