// A server on one adapter, for a test to ask what happened in it.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import process from 'node:process'
import { answerQuestions } from '@wirebeat/bench/answering'
import { type CloseReport, createEndpoint, echo, echoLoop } from '@wirebeat/core'
import { adapters } from './adapters.ts'
import { EventLog } from './event-log.ts'
import { Gate } from './gate.ts'
import { MemoryWatch } from './memory-watch.ts'
import { monotonic } from './monotonic.ts'
import { Recorder } from './recorder.ts'
import type { Census, ServerQuestions, ServerReady, ServerSettings } from './server-protocol.ts'
import { Witness } from './witness.ts'

type Asked = {
  [Name in keyof ServerQuestions]: { readonly ask: Name } & ServerQuestions[Name]['question']
}[keyof ServerQuestions]

// Only the tests start this, with settings that have been type-checked there.
const settings = JSON.parse(process.argv[2] ?? '') as ServerSettings
const { adapter: name, host, port = 0, session = 'echo', gated, ...limits } = settings
const adapter = adapters.find((one) => one.name === name)
if (adapter === undefined) throw new Error(`there is no adapter ${name}`)

const log = new EventLog()
const gate = new Gate()
const recorder = new Recorder()
const sessions = { echo: echo(), 'echo-loop': echoLoop(), recording: recorder.session }
const memory = new MemoryWatch()
const timers = monitorEventLoopDelay()
timers.enable()
const endpoint = createEndpoint<unknown>({
  path: '/ws',
  session: sessions[session],
  onError: (error) => log.failed(error),
  ...(gated === true && { authorize: () => gate.pass() }),
  ...limits,
})
const witness = new Witness(endpoint)
log.watch(endpoint, witness)
const listening = await adapter.listen(witness, { host, port })

const ready: ServerReady = { port: listening.port }
answerQuestions<Asked>(ready, (question) => {
  switch (question.ask) {
    case 'events':
      return { events: log.take() }
    case 'census':
      return census()
    case 'received':
      return { received: recorder.received }
    case 'waiting':
      return { waiting: gate.waiting }
    case 'admit':
      return { admitted: gate.open() }
    case 'memory':
      return memory.collected()
    case 'peak':
      return { resident: memory.peak }
    case 'close':
      return close(question.deadline, question.spread)
  }
})

function census(): Census {
  const at = monotonic()
  let longestSilence = 0
  for (const connection of endpoint.connections) {
    const life = witness.lifeOf(connection)
    longestSilence = Math.max(longestSilence, life.longestSilence, at - life.lastSign)
  }
  const { user, system } = process.cpuUsage()
  const latestTimer = timers.max / 1e6
  timers.reset()
  const cpu = (user + system) / 1_000
  return { open: endpoint.connections.size, longestSilence, at, cpu, latestTimer }
}

/** Does what an application does at its end, and leaves it to the process to exit by itself. */
async function close(deadline: number, spread: number): Promise<CloseReport> {
  const closing = endpoint.close({ deadline, spread })
  // Whoever waits to be let in comes too late now.
  gate.open()
  const report = await closing
  await listening.close()
  process.stdin.unref()
  return report
}
