import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { median } from '@wirebeat/test-support/measure'
import type { RelayOrder, RelayReport, RelaySettings } from './relay-protocol.ts'

const BROKERS = ['redis', 'nats'] as const

/** What is published, and how. */
interface Load {
  readonly name: string
  readonly topics: number
  /** Publications of a turn. */
  readonly each: number
  readonly turns: number
  /** Milliseconds between turns. */
  readonly pause: number
}

const LOADS: readonly Load[] = [
  { name: '100 in a turn, to one topic', topics: 1, each: 100, turns: 300, pause: 10 },
  { name: '100 in a turn, to 100 topics', topics: 100, each: 100, turns: 300, pause: 10 },
  { name: 'one in each 10 ms', topics: 1, each: 1, turns: 300, pause: 10 },
  { name: 'none', topics: 100, each: 0, turns: 300, pause: 10 },
  // Each topic becomes quiet at once, and two marks follow its publication.
  {
    name: '10,000 topics once, with their marks',
    topics: 10_000,
    each: 10_000,
    turns: 1,
    pause: 10,
  },
]
const BYTES = 128
/** How long after the last publication the marks have been sent, in milliseconds. */
const MARKED = 7_000
/** How often it is looked whether all has arrived. */
const PATIENCE = 60

/** What one publication, or one turn without any, costs, in µs of CPU time. */
interface Cost {
  readonly publisher: number
  readonly subscriber: number
}

/**
 * What the relay costs the processes of two servers, one of which publishes and the other one has the subscribers, on
 * each broker. Needs `redis-server` and `nats-server`. Returns a table.
 */
export async function measureRelay(
  rounds: number,
  progress: (line: string) => void,
): Promise<string> {
  const rows: string[] = []
  for (const broker of BROKERS) {
    for (const load of LOADS) {
      const costs: Cost[][] = [[], []]
      // One after the other, so that a ratio is of what was measured at about the same time.
      for (let round = 1; round <= rounds; round++) {
        for (const [index, isBare] of [true, false].entries()) {
          const cost = await measure(broker, isBare, load)
          const name = isBare ? 'client' : 'topics'
          progress(`${name} on ${broker}, ${load.name}, round ${round}: ${sum(cost).toFixed(1)} µs`)
          costs[index]?.push(cost)
        }
      }
      const [control, ours] = costs.map(
        (measured) =>
          [
            median(measured.map(({ publisher }) => publisher)),
            median(measured.map(({ subscriber }) => subscriber)),
            median(measured.map(sum)),
          ].map((cost) => cost ?? Number.NaN) as [number, number, number],
      ) as [[number, number, number], [number, number, number]]
      const shown = [...control, ...ours, ours[2] / control[2]].map((number) => number.toFixed(2))
      rows.push(`| ${broker} | ${load.name} | ${shown.join(' | ')} |`)
    }
  }
  return [
    `CPU µs of each publication of ${BYTES} B, or of each turn where there is none: of the process that publishes, of the`,
    'one that receives, and of both. The control is the client of the broker, with one message for each publication.',
    '',
    '| broker | load | client: publisher | subscriber | both | topics: publisher | subscriber | both | ratio |',
    '| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...rows,
  ].join('\n')
}

function sum({ publisher, subscriber }: Cost): number {
  return publisher + subscriber
}

async function measure(
  broker: RelaySettings['broker'],
  isBare: boolean,
  load: Load,
): Promise<Cost> {
  const folder = mkdtempSync(join(tmpdir(), 'wirebeat-bench-'))
  const port = await freePort()
  const running = spawnBroker(broker, port, folder)
  const servers: RelayServer[] = []
  try {
    await answers(port)
    const { topics, each, turns } = load
    for (const isPublisher of [true, false]) {
      servers.push(await RelayServer.start({ broker, isBare, port, isPublisher, topics }))
    }
    // There are two.
    const [publisher, subscriber] = servers as [RelayServer, RelayServer]
    const publish = { kind: 'publish', each, pause: load.pause, bytes: BYTES } as const
    // Until their engines have compiled what runs often.
    await publisher.do({ ...publish, turns: turns === 1 ? 1 : 150 }, 'published')
    if (turns === 1) await pause(MARKED)
    for (const server of servers) server.tell({ kind: 'begin' })
    await publisher.do({ ...publish, turns }, 'published')
    if (turns === 1) await pause(MARKED)
    const sent = await publisher.report()
    const received = await subscriber.received(each * turns)
    const count = Math.max(1, each) * turns
    return { publisher: sent.cpu / count, subscriber: received.cpu / count }
  } finally {
    for (const server of servers) server.end()
    running.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
}

/** One of the two servers, as a process. */
class RelayServer {
  readonly #process: ChildProcess

  constructor(started: ChildProcess) {
    this.#process = started
  }

  static async start(settings: RelaySettings): Promise<RelayServer> {
    const program = fileURLToPath(new URL('servers/relay.js', import.meta.url))
    const server = new RelayServer(fork(program, [JSON.stringify(settings)]))
    await server.#told('ready')
    return server
  }

  tell(order: RelayOrder): void {
    this.#process.send(order)
  }

  async do<Kind extends RelayReport['kind']>(
    order: RelayOrder,
    until: Kind,
  ): Promise<RelayReport & { kind: Kind }> {
    const told = this.#told(until)
    this.tell(order)
    return await told
  }

  report(): Promise<RelayReport & { kind: 'report' }> {
    return this.do({ kind: 'report' }, 'report')
  }

  /** Waits until so many publications have arrived. */
  async received(count: number): Promise<RelayReport & { kind: 'report' }> {
    for (let attempt = 0; ; attempt++) {
      const report = await this.report()
      if (report.received === count) return report
      if (attempt === PATIENCE) throw new Error(`${report.received} of ${count} arrived.`)
      await pause(500)
    }
  }

  end(): void {
    this.#process.kill()
  }

  async #told<Kind extends RelayReport['kind']>(kind: Kind): Promise<RelayReport & { kind: Kind }> {
    const [report] = await once(this.#process, 'message')
    // It tells one thing at a time, in the order in which it is asked.
    if (report.kind === kind) return report
    throw new Error(`A server of the relay said ${report.kind} instead of ${kind}.`)
  }
}

function spawnBroker(broker: RelaySettings['broker'], port: number, folder: string): ChildProcess {
  const options = { stdio: 'ignore' } as const
  if (broker === 'nats') return spawn('nats-server', ['-a', '127.0.0.1', '-p', `${port}`], options)
  const args = ['--bind', '127.0.0.1', '--port', `${port}`, '--dir', folder, '--save', '']
  return spawn('redis-server', args, options)
}

async function answers(port: number): Promise<void> {
  for (let attempt = 0; attempt < 500; attempt++) {
    const socket = connect({ host: '127.0.0.1', port })
    const isThere = await once(socket, 'connect').then(
      () => true,
      () => false,
    )
    socket.destroy()
    if (isThere) return
    await pause(20)
  }
  throw new Error('The broker does not answer. Is it installed?')
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  // It listens on a host, so that this is no path.
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
