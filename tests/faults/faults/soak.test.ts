import process from 'node:process'
import { setTimeout as delay } from 'node:timers/promises'
import { type Adapter, adaptersInProcesses } from '@wirebeat/test-support'
import { expect, test } from 'vitest'
import type { RelayQuestions } from '../src/relay-main.ts'
import { noteScaled } from './bound.ts'
import { CrowdProcess } from './crowd-process.ts'
import { Lateness } from './lateness.ts'
import { Cable, Namespace } from './namespace.ts'
import { start } from './program.ts'
import { ServerProcess } from './server-process.ts'
import { Silence } from './silence.ts'

const X = 1_000
const CLIENTS = 25
/** Percent of all packets, in each direction. */
const LOSS = 5
/** Milliseconds, in each direction. */
const DELAY = 200
const SECONDS = Number(process.env['WIREBEAT_SOAK_SECONDS'] ?? 20)

test('no client that lives is ended, over a link that loses packets and a slow relay', {
  timeout: (SECONDS + 60) * 1_000,
}, async () => {
  // At the same time, because it takes minutes.
  await Promise.all(adaptersInProcesses().map(soak))
})

/**
 * The speaking clients send something ten times a second, so that TCP learns from what arrives that
 * something did not, and sends it again at once: they must all live. Those that only answer pings have
 * one packet under way at a time. When it is lost three times in a row, TCP alone keeps them silent for
 * 2X, and they are ended rightly; what must not happen is that one is ended earlier.
 */
async function soak(adapter: Adapter): Promise<void> {
  const [near, far] = [Namespace.add(), Namespace.add()]
  const cable = Cable.plug(near, far)
  const [host] = cable.addresses
  const server = await ServerProcess.start(
    adapter,
    { host, keepAliveInterval: X },
    { namespace: near },
  )
  const { child, ready } = await start<RelayQuestions, { readonly port: number }>(
    'relay-main.js',
    { host: '127.0.0.1', to: { host, port: server.port }, delay: DELAY },
    { namespace: far },
  )
  const crowd = await CrowdProcess.start({ namespace: far })
  const relay = { host: '127.0.0.1', port: ready.port }
  await crowd.connect('speaking', CLIENTS, relay)
  await server.holds(CLIENTS)
  await crowd.connect('answering', CLIENTS, relay)
  await server.holds(2 * CLIENTS)

  near.loseIncoming(LOSS)
  far.loseIncoming(LOSS)
  await crowd.exchange('speaking', 100)
  await delay(SECONDS * 1_000)

  const ends = await server.ends()
  const silence = new Silence(X)
  const figures =
    ends.length === 0
      ? 'none ended'
      : silence.holdsFor(ends, new Lateness(await server.standstills()))
  // Connections are numbered in the order in which they came.
  const speaking = ends.filter(({ number }) => number <= CLIENTS)
  // A client is as silent when it is kept from running, or the relay is.
  const between = [await crowd.standstills(), await child.ask('standstills', 30_000)]
  const lateness = new Lateness(...between)
  expect(speaking.filter(({ lastSign, at }) => lateness.within(lastSign, at) < X)).toEqual([])
  if (speaking.length > 0) {
    noteScaled(`${speaking.length} clients were kept from speaking for ${X} ms or more, and ended`)
  }
  const { open, longestSilence } = await server.census()
  expect(open + ends.length).toBe(2 * CLIENTS)
  const { echoes, latency } = await crowd.report('speaking')
  console.log(
    `${SECONDS} s with ${LOSS} % loss and ${DELAY} ms delay, ${adapter.name}: ${CLIENTS} speaking ` +
      `clients, ${CLIENTS - speaking.length} alive, ${echoes} echoes, p99 ${latency?.p99.toFixed(0)} ms; ${CLIENTS} that only ` +
      `answer pings: ${figures}; longest silence of the living ${longestSilence.toFixed(0)} ms`,
  )
  await server.leave()
}
