// A server on one adapter, for a test to ask what happened in it.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import process from 'node:process'
import {
  allow,
  type Connection,
  createEndpoint,
  echo,
  echoLoop,
  type Message,
} from '@wirebeat/core'
import { loadAdapter } from '@wirebeat/test-support/adapter-names'
import { answerQuestions } from '@wirebeat/test-support/process'
import { EventLog } from './event-log.ts'
import { Gate } from './gate.ts'
import { MemoryWatch } from './memory-watch.ts'
import { monotonic } from './monotonic.ts'
import { Recorder } from './recorder.ts'
import type {
  Census,
  Closed,
  ServerQuestions,
  ServerReady,
  ServerSettings,
} from './server-protocol.ts'
import { Standstills } from './standstills.ts'
import { Witness } from './witness.ts'

// Only the tests start this, with settings that have been type-checked there.
const settings = JSON.parse(process.argv[2] ?? '') as ServerSettings
const { adapter, host, port = 0, session = 'echo', gated, ...limits } = settings
const { listen } = await loadAdapter(adapter)

const log = new EventLog()
const gate = new Gate()
const recorder = new Recorder()
const sessions = {
  echo: echo(),
  'echo-loop': echoLoop(),
  recording: recorder.session,
  // Echoes text, and works 0.1 ms on each message.
  working: {
    message(connection: Connection<unknown>, message: Message) {
      for (const end = performance.now() + 0.1; performance.now() < end; );
      if (typeof message === 'string') connection.send(message)
    },
  },
}
const standstills = new Standstills()
const memory = new MemoryWatch()
const timers = monitorEventLoopDelay()
timers.enable()
const endpoint = createEndpoint<unknown>({
  path: '/ws',
  session: sessions[session],
  ...(gated === true && { authorize: () => gate.pass().then(() => allow()) }),
  ...limits,
})
const witness = new Witness(endpoint)
log.watch(endpoint, witness)
const listening = await listen(witness.endpoint, { host, port })

const ready: ServerReady = { port: listening.port }
answerQuestions<ServerQuestions>(ready, {
  events: () => log.take(),
  census,
  standstills: () => standstills.all,
  received: () => recorder.received,
  waiting: () => gate.waiting,
  admit: () => gate.open(),
  memory: () => memory.collected(),
  peak: () => memory.peak,
  close,
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
async function close(deadline: number, spread: number): Promise<Closed> {
  const from = monotonic()
  const closing = endpoint.close({ deadline, spread })
  // Whoever waits to be let in comes too late now.
  gate.open()
  const report = await closing
  await listening.close()
  process.stdin.unref()
  return { report, from, standstills: standstills.all }
}
