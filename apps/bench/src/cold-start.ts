import { spawn } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { Progress } from '@wirebeat/progress'
import { median } from '@wirebeat/test-support/measure'
import { renderTable } from './table.ts'

/** What is started, and says in its first line that it is ready. */
interface Program {
  readonly name: string
  readonly args: readonly string[]
}

const DEMO = fileURLToPath(
  new URL('bin/wirebeat-demo.js', import.meta.resolve('@wirebeat/demo/package.json')),
)

const CONTROL: Program = {
  name: 'Node alone',
  args: ['--eval', "console.log('ready'); setInterval(() => {}, 1_000)"],
}

const PROGRAMS: readonly Program[] = [
  CONTROL,
  {
    name: 'an echo on bare ws',
    args: [fileURLToPath(new URL('servers/ws.js', import.meta.url))],
  },
  { name: 'wirebeat-demo', args: demo() },
  { name: 'wirebeat-demo --adapter uws', args: demo('--adapter', 'uws') },
  { name: 'wirebeat-demo --session chat', args: demo('--session', 'chat') },
]

function demo(...args: readonly string[]): readonly string[] {
  return [DEMO, '--port', '0', ...args]
}

/**
 * How long the demo takes from the start of its process to the line "Listening on", beside Node alone. Returns a table
 * of the medians, and of the medians of each round's ratios.
 */
export async function measureColdStart(rounds: number): Promise<string> {
  const progress = new Progress(rounds * PROGRAMS.length)
  const times = new Map<Program, number[]>(PROGRAMS.map((program) => [program, []]))
  let done = 0
  for (let round = 0; round < rounds; round++) {
    for (const [program, own] of times) {
      progress.tell(`round ${round + 1}, ${program.name}`, done++)
      own.push(await timeStart(program))
    }
  }
  progress.end()
  const controls = times.get(CONTROL) ?? []
  return renderTable({
    words: 1,
    head: ['program', 'ms to its first line', 'ratio'],
    rows: [...times].map(([{ name }, own]) => {
      const ratio = median(own.map((time, round) => time / (controls[round] ?? Number.NaN)))
      return [name, `${median(own)?.toFixed(0)}`, `${ratio?.toFixed(1)}`]
    }),
  })
}

/** @returns milliseconds from the start of the process to its first line */
async function timeStart({ name, args }: Program): Promise<number> {
  const start = performance.now()
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  const lines = createInterface({ input: child.stdout })
  await Promise.race([
    once(lines, 'line'),
    exited.then(([code]) => Promise.reject(new Error(`${name} ended with ${code}`))),
  ])
  const time = performance.now() - start
  child.kill('SIGKILL')
  await exited
  return time
}
