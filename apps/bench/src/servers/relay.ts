// One of two servers of the measurement of the relay. It says when it is ready, and does what it is told.

import process from 'node:process'
import { natsBackplane } from '@wirebeat/backplane-nats'
import { redisBackplane } from '@wirebeat/backplane-redis'
import { type Connection, createEndpoint } from '@wirebeat/core'
import { serve } from '@wirebeat/core/adapter'
import { createTopics } from '@wirebeat/topics'
import { DiscardingTransport, open } from '../discarding-transport.ts'
import type { RelayOrder, RelayReport, RelaySettings } from '../relay-protocol.ts'

const {
  broker,
  port,
  isPublisher,
  topics: count,
}: RelaySettings = JSON.parse(process.argv[2] ?? '{}')
const topics = createTopics({
  backplane:
    broker === 'redis'
      ? redisBackplane({ url: `redis://127.0.0.1:${port}` })
      : natsBackplane({ servers: `127.0.0.1:${port}` }),
})
const names = Array.from({ length: count }, (_, index) => `room:${index}`)
let begun = process.cpuUsage()
let receivedBefore = 0

process.on('disconnect', () => process.exit())
process.on('message', (order: RelayOrder) => {
  if (order.kind === 'publish') publish(order)
  if (order.kind === 'begin') {
    begun = process.cpuUsage()
    receivedBefore = topics.stats().received
  }
  if (order.kind === 'report') tell(report())
})

await topics.ready()
if (!isPublisher) await subscribe()
tell({ kind: 'ready' })

async function subscribe(): Promise<void> {
  const opened: Connection[] = []
  const session = { open: (connection: Connection) => void opened.push(connection) }
  open(serve(createEndpoint({ session, keepAliveInterval: 0 })), new DiscardingTransport())
  const relayed = opened.flatMap((connection) =>
    names.map((name) => topics.subscribe(connection, name).relayed),
  )
  await Promise.all(relayed)
}

/** Publishes a number of turns, with a pause after each. */
function publish({ turns, each, pause, bytes }: RelayOrder & { kind: 'publish' }): void {
  const message = 'x'.repeat(bytes)
  let left = turns
  const timer = setInterval(() => {
    for (let index = 0; index < each; index++) {
      topics.publish(names[index % names.length] ?? '', message)
    }
    if (--left > 0) return
    clearInterval(timer)
    // The last ones are on their way.
    setTimeout(() => tell({ kind: 'published' }), 500)
  }, pause)
}

function report(): RelayReport {
  const { user, system } = process.cpuUsage(begun)
  const received = topics.stats().received - receivedBefore
  return { kind: 'report', cpu: user + system, received }
}

function tell(report: RelayReport): void {
  process.send?.(report)
}
