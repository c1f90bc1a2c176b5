// One of two servers of the measurement of the relay. It says when it is ready, and does what it is told.

import process from 'node:process'
import type { RelayOrder, RelayReport, RelaySettings } from '../relay-protocol.ts'
import { bareNats, bareRedis } from './bare-relay.ts'
import { type Relay, topicsRelay } from './topics-relay.ts'

const settings: RelaySettings = JSON.parse(process.argv[2] ?? '{}')
const { isPublisher, topics: count } = settings
const names = Array.from({ length: count }, (_, index) => `room:${index}`)
const relay = await makeRelay(settings)
let begun = process.cpuUsage()
let receivedBefore = 0

process.on('disconnect', () => process.exit())
process.on('message', (order: RelayOrder) => {
  if (order.kind === 'publish') publish(order)
  if (order.kind === 'begin') {
    begun = process.cpuUsage()
    receivedBefore = relay.received
  }
  if (order.kind === 'report') tell(report())
})

if (!isPublisher) await relay.subscribe(names)
tell({ kind: 'ready' })

function makeRelay({ broker, isBare, port }: RelaySettings): Promise<Relay> {
  if (!isBare) return topicsRelay(broker, port)
  return broker === 'redis' ? bareRedis(port) : bareNats(port)
}

/** Publishes a number of turns, with a pause after each. */
function publish({ turns, each, pause, bytes }: RelayOrder & { kind: 'publish' }): void {
  const message = 'x'.repeat(bytes)
  let left = turns
  const timer = setInterval(() => {
    for (let index = 0; index < each; index++) {
      relay.publish(names[index % names.length] ?? '', message)
    }
    if (--left > 0) return
    clearInterval(timer)
    // The broker's answers to the last ones still take processor time here. Whether they arrived is asked of the other
    // server.
    setTimeout(() => tell({ kind: 'published' }), 500)
  }, pause)
}

function report(): RelayReport {
  const { user, system } = process.cpuUsage(begun)
  return { kind: 'report', cpu: user + system, received: relay.received - receivedBefore }
}

function tell(report: RelayReport): void {
  process.send?.(report)
}
