import process from 'node:process'
import { Progress } from '@wirebeat/progress'
import { median } from '@wirebeat/test-support/measure'
import { collectedMemory } from '@wirebeat/test-support/process'
import { giveBackMemory } from './give-back-memory.ts'
import { SimulatedCrowd } from './simulated-crowd.ts'
import { renderTable } from './table.ts'

const SIZES: readonly number[] = [100, 1_000, 10_000, 100_000, 1_000_000]
/** Events of each kind and size in each round, at least. */
const EVENTS = 1_000_000

/** What is timed, as nanoseconds of CPU time for one of them. */
const COLUMNS = ['open', 'ping or pong', 'subscribe', 'to its own topic', 'to all'] as const
type Column = (typeof COLUMNS)[number]

/** What was measured at one size. */
interface Costs {
  readonly size: number
  /** Bytes of the heap for a connection, and for its two subscriptions. */
  readonly connection: number
  readonly subscriptions: number
  readonly times: ReadonlyMap<Column, number>
}

/**
 * What the heartbeat and topics cost with up to a million connections: whole endpoints on a driven clock, with
 * transports that do nothing. Returns a table.
 */
export async function simulate(rounds: number): Promise<string> {
  const total = SIZES.reduce((sum, size) => sum + EVENTS + size, 0)
  const progress = new Progress(total)
  let done = 0
  const all: Costs[] = []
  for (const size of SIZES) {
    progress.tell(`${size.toLocaleString('en')} connections`, done)
    all.push(await measure(size, rounds))
    done += EVENTS + size
  }
  progress.end()
  return renderTable({
    words: 0,
    head: ['connections', 'bytes each', 'bytes for two subscriptions', ...COLUMNS.map(nanoseconds)],
    rows: all.map(({ size, connection, subscriptions, times }) => [
      size.toLocaleString('en'),
      connection.toFixed(0),
      subscriptions.toFixed(0),
      ...COLUMNS.map((column) => `${times.get(column)?.toFixed(0)}`),
    ]),
  })
}

function nanoseconds(what: string): string {
  return `${what}, ns`
}

async function measure(size: number, rounds: number): Promise<Costs> {
  const times = new Map<Column, number[]>(COLUMNS.map((column) => [column, []]))
  const heaps: [connection: number, subscriptions: number][] = []
  // The first round is not counted: then the engine has compiled what runs.
  for (let round = 0; round <= rounds; round++) {
    const time = (column: Column, run: () => number): void => {
      const cost = nanosecondsOf(run)
      if (round > 0) times.get(column)?.push(cost)
    }
    const before = await heap()
    const crowd = new SimulatedCrowd()
    time('open', () => crowd.open(size))
    const opened = await heap()
    time('ping or pong', () => crowd.beat(EVENTS))
    const beaten = await heap()
    time('subscribe', () => crowd.subscribe())
    heaps.push([(opened - before) / size, ((await heap()) - beaten) / size])
    time('to its own topic', () => crowd.publishToEach(EVENTS / 4))
    time('to all', () => crowd.publishToAll(EVENTS))
    await crowd.close()
  }
  return {
    size,
    connection: middle(heaps.map(([connection]) => connection)),
    subscriptions: middle(heaps.map(([, subscriptions]) => subscriptions)),
    times: new Map([...times].map(([column, costs]) => [column, middle(costs)])),
  }
}

/** @param run returns how much it has done */
function nanosecondsOf(run: () => number): number {
  const start = process.cpuUsage()
  const count = run()
  const { user, system } = process.cpuUsage(start)
  return ((user + system) * 1_000) / count
}

async function heap(): Promise<number> {
  return (await collectedMemory(giveBackMemory)).heapUsed
}

function middle(values: readonly number[]): number {
  return median(values) ?? Number.NaN
}
