import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { answerQuestions } from '@wirebeat/test-support/process'
import { ASPNET_ENVIRONMENT, ASPNET_PROGRAM } from '../aspnet.ts'
import { broadcastMessages } from '../broadcast.ts'
import type { ServerQuestions, ServerReady } from '../protocol.ts'

// Starts the hub or the echo on ASP.NET Core, and answers the benchmark's questions for it.

/** CPU time is counted in these by Linux, on every machine that Node runs on. */
const MICROSECONDS_OF_A_TICK = 10_000
const KIB = 1024

const server = spawn('dotnet', [ASPNET_PROGRAM, ...process.argv.slice(2)], {
  env: ASPNET_ENVIRONMENT,
  stdio: ['ignore', 'pipe', 'inherit'],
})
// Killed with this process, which the benchmark ends.
process.on('exit', () => server.kill('SIGKILL'))

const lines = createInterface({ input: server.stdout })
const origin = await new Promise<string>((resolve, reject) => {
  lines.on('line', (line) => {
    if (line.startsWith('ready ')) resolve(line.slice('ready '.length))
  })
  server.on('exit', () => reject(new Error('the hub has ended')))
})
const ready: ServerReady = { port: Number(new URL(origin).port) }

answerQuestions<ServerQuestions>(ready, {
  moment: () => ({ at: performance.now(), cpu: usedTime() }),
  memory() {
    const resident = residentBytes()
    // Of its heap nothing is known from outside.
    return { resident, heap: resident }
  },
  broadcast({ size, together, perSecond }) {
    const messages = broadcastMessages(size)
    void fetch(`${origin}/broadcast`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ messages, together, perSecond }),
    })
  },
  // It does not tell when.
  published: () => ({ first: 0, times: [] }),
})

/** CPU microseconds of the hub's process, all threads. */
function usedTime(): number {
  const stat = readFileSync(`/proc/${server.pid}/stat`, 'utf8')
  // The name in parentheses may have spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * MICROSECONDS_OF_A_TICK
}

function residentBytes(): number {
  const found = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))
  return Number(found?.[1]) * KIB
}
