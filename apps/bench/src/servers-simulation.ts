import process from 'node:process'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { type Connection, createEndpoint } from '@wirebeat/core'
import { serve } from '@wirebeat/core/adapter'
import { ManualClock } from '@wirebeat/core/testing'
import { collectedMemory } from '@wirebeat/test-support/process'
import { createTopics, type Topics } from '@wirebeat/topics'
import { type BrokerBackplane, createBroker } from '@wirebeat/topics/testing'
import { DiscardingTransport, open } from './discarding-transport.ts'

const SIZES: readonly number[] = [10, 100]
const CONNECTIONS = 1_000
/** How many topics each connection is subscribed to. */
const EACH = 10
/** How many connections a topic has. */
const MEMBERS = 100
const BYTES = 128
const PUBLICATIONS = 2_000
const MINUTE = 60_000

/** A server with its clients, and what it exchanges with the broker. */
class SimulatedServer {
  readonly topics: Topics
  readonly backplane: BrokerBackplane
  readonly #connections: Connection[] = []
  arrived = 0

  constructor(backplane: BrokerBackplane, clock: ManualClock) {
    this.backplane = backplane
    backplane.fate = () => {
      this.arrived++
      return 1
    }
    this.topics = createTopics({ backplane, clock })
    const session = { open: (connection: Connection) => void this.#connections.push(connection) }
    const served = serve(createEndpoint({ session, keepAliveInterval: 0, clock }))
    for (let count = 0; count < CONNECTIONS; count++) open(served, new DiscardingTransport())
  }

  /**
   * Subscribes each connection to ten topics of a hundred members. A half of them has its members on this server; the
   * members of the other half are spread over all servers.
   */
  subscribe(server: number, servers: number): void {
    for (const [index, connection] of this.#connections.entries()) {
      const here = Math.floor(index / MEMBERS)
      const spread = Math.floor((index * servers + server) / MEMBERS)
      for (let count = 0; count < EACH / 2; count++) {
        this.topics.subscribe(connection, `here:${server}:${here}:${count}`)
        this.topics.subscribe(connection, `spread:${spread}:${count}`)
      }
    }
  }
}

/** One row of the table. */
type Figure = readonly [string, number]

/**
 * Ten and a hundred servers with ten thousand subscriptions each on one broker, all in this process, on a driven clock: what
 * they cost each other and the broker. Returns a table.
 */
export async function simulateServers(progress: (line: string) => void): Promise<string> {
  const columns: (readonly Figure[])[] = []
  for (const servers of SIZES) {
    progress(`${servers} servers`)
    columns.push(await simulate(servers))
  }
  const rows = (columns[0] ?? []).map(([name], row) => {
    const values = columns.map((column) => shown(column[row]?.[1] ?? Number.NaN))
    return `| ${name} | ${values.join(' | ')} |`
  })
  const heads = SIZES.map((servers) => `${servers} servers`)
  return [`| | ${heads.join(' | ')} |`, `| --- |${' ---: |'.repeat(SIZES.length)}`, ...rows].join(
    '\n',
  )
}

async function simulate(servers: number): Promise<readonly Figure[]> {
  const clock = new ManualClock()
  const broker = createBroker()
  const all = Array.from({ length: servers }, () => new SimulatedServer(broker.backplane(), clock))
  await settle(clock)
  const idle = await memory()
  const joining = await measure(all, async () => {
    for (const [index, server] of all.entries()) server.subscribe(index, servers)
    await settle(clock)
  })
  const subscriptions = servers * CONNECTIONS * EACH
  const held = (await memory()) - idle
  const channels = all.reduce((sum, { backplane }) => sum + backplane.channels.size, 0)
  const subscribeCalls = all.reduce((sum, { backplane }) => sum + backplane.calls.subscribe, 0)
  // What its servers said when they came is over.
  await pass(clock, MINUTE)
  const quiet = await measure(all, () => pass(clock, MINUTE))
  const here = await publish(clock, all, (number) => `here:${number % servers}:0:0`)
  const spread = await publish(
    clock,
    all,
    (number) => `spread:${number % (servers * (CONNECTIONS / MEMBERS))}:0`,
  )
  await Promise.all(all.map(({ topics }) => topics.close()))
  return [
    ['connections', servers * CONNECTIONS],
    ['subscriptions', subscriptions],
    ['memory of a subscription, bytes', held / subscriptions],
    ['CPU of a subscription, µs', joining.cpu / subscriptions],
    ['channels at the broker: of a server', channels / servers],
    ['channels at the broker: of all servers', channels],
    ['calls in which a server asked for them', subscribeCalls / servers],
    ['quiet: messages of a server to the broker in a minute', quiet.sent / servers],
    ['quiet: messages of the broker to a server in a minute', quiet.arrived / servers],
    ['quiet: CPU of a server in a minute, ms', quiet.cpu / 1_000 / servers],
    [
      'publication to 100 members on one server: messages of the broker',
      here.arrived / PUBLICATIONS,
    ],
    ['the same: CPU of all servers, µs', here.cpu / PUBLICATIONS],
    [
      'publication to 100 members on all servers: messages of the broker',
      spread.arrived / PUBLICATIONS,
    ],
    ['the same: CPU of all servers, µs', spread.cpu / PUBLICATIONS],
  ]
}

/** Publishes on one server after the other, one in each turn. */
function publish(
  clock: ManualClock,
  all: readonly SimulatedServer[],
  topicOf: (number: number) => string,
): Promise<Passed> {
  const message = 'x'.repeat(BYTES)
  return measure(all, async () => {
    for (let number = 0; number < PUBLICATIONS; number++) {
      all[(7 * number + 3) % all.length]?.topics.publish(topicOf(number), message)
      await settle(clock)
    }
  })
}

/** What happened meanwhile, on all servers together. */
interface Passed {
  /** Calls of `publish` of the broker. */
  readonly sent: number
  /** Messages of the broker. */
  readonly arrived: number
  /** µs, with those of the broker, which is in this process. */
  readonly cpu: number
}

async function measure(all: readonly SimulatedServer[], act: () => Promise<void>): Promise<Passed> {
  const count = () => ({
    sent: all.reduce((sum, { backplane }) => sum + backplane.calls.publish, 0),
    arrived: all.reduce((sum, { arrived }) => sum + arrived, 0),
  })
  const before = count()
  const begun = process.cpuUsage()
  await act()
  const { user, system } = process.cpuUsage(begun)
  const after = count()
  return {
    sent: after.sent - before.sent,
    arrived: after.arrived - before.arrived,
    cpu: user + system,
  }
}

/** Lets everything happen that can, without time passing. */
async function settle(clock: ManualClock): Promise<void> {
  for (let round = 0; round < 3; round++) {
    clock.endTurn()
    // Promises of promises.
    for (let step = 0; step < 10; step++) await undefined
  }
}

async function pass(clock: ManualClock, milliseconds: number): Promise<void> {
  for (let left = milliseconds; left > 0; left -= 1_000) {
    clock.advance(1_000)
    await settle(clock)
  }
}

/** What is held, in bytes. */
async function memory(): Promise<number> {
  setFlagsFromString('--expose-gc')
  // V8 adds it to new contexts only, once it runs.
  const { heapUsed, arrayBuffers } = await collectedMemory(runInNewContext('gc'))
  return heapUsed + arrayBuffers
}

function shown(value: number): string {
  const digits = value < 100 && !Number.isInteger(value) ? 1 : 0
  return value.toLocaleString('en-US', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  })
}
