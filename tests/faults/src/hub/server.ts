// A hub on one adapter, for a test to ask what happened in it.
import process from 'node:process'
import { createEndpoint } from '@wirebeat/core'
import { httpTransports } from '@wirebeat/http-transports'
import { createHub, hubOf } from '@wirebeat/hub'
import { loadAdapter } from '@wirebeat/test-support/adapter-names'
import { answerQuestions } from '@wirebeat/test-support/process'
import { z } from 'zod'
import { monotonic } from '../monotonic.ts'
import type { Closed } from '../server-protocol.ts'
import { Standstills } from '../standstills.ts'
import { HUB_PATH, type HubQuestions, type HubReady, type HubSettings } from './protocol.ts'

// Only the tests start this, with settings that have been type-checked there.
const { adapter, host } = JSON.parse(process.argv[2] ?? '') as HubSettings
const { listen } = await loadAdapter(adapter)

const { method, define } = hubOf<{ told(text: string): void }>()
const hub = createHub(define({ twice: method([z.int()], (_, number) => 2 * number) }))
const standstills = new Standstills()
const opened: number[] = []
const endpoint = createEndpoint({
  path: HUB_PATH,
  session: hub.session,
  httpTransports: httpTransports(),
  keepAliveInterval: 15_000,
  aliveOn: 'message',
})
endpoint.on('open', () => opened.push(monotonic()))
const listening = await listen(endpoint, { host, port: 0 })

const ready: HubReady = { port: listening.port }
answerQuestions<HubQuestions>(ready, {
  open: () => endpoint.connections.size,
  opened: () => opened,
  standstills: () => standstills.all,
  tell: (text) => {
    hub.clients.all.send('told', text)
  },
  close,
})

/** Does what an application does at its end, and leaves it to the process to exit by itself. */
async function close(deadline: number, spread: number): Promise<Closed> {
  const from = monotonic()
  const report = await endpoint.close({ deadline, spread })
  await hub.close()
  await listening.close()
  process.stdin.unref()
  return { report, from, standstills: standstills.all }
}
