import type { HubConnection } from '@microsoft/signalr'
import { adaptersInProcesses } from '@wirebeat/test-support'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { Started } from '../src/reference/reference-hub.ts'
import { startAnywhere } from '../src/reference/start-anywhere.ts'
import { type Wire, wireTo } from '../src/wire/cuttable-wire.ts'
import {
  HttpTransportType,
  HubConnectionBuilder,
  HubConnectionState,
  JsonHubProtocol,
  LogLevel,
  MessagePackHubProtocol,
  Subject,
} from './installed-client.ts'

/** How many messages go in each direction. `test:cuts` sends 50,000. */
const COUNT = Number(process.env['WIREBEAT_CUT_MESSAGES'] ?? 3_000)
/** How many of them a client is told in one go. */
const BURST = 50
/** As long as a message may take on a busy machine. */
const PATIENCE = 60_000

const KINDS = adaptersInProcesses().flatMap((adapter) =>
  ['json', 'messagepack'].map((encoding) => ({ adapter, encoding })),
)

describe.each(KINDS)(
  'the official client with stateful reconnect, in $encoding with adapter-$adapter.name',
  ({ adapter, encoding }) => {
    let server: Started

    beforeAll(async () => {
      server = await startAnywhere(adapter)
    })
    afterAll(() => server.stop())

    async function start(prepare: (client: HubConnection) => void = () => {}) {
      const wire = await wireTo(server.origin)
      const key = crypto.randomUUID()
      const client = build(`${wire.origin}/hub?key=${key}`, encoding)
      prepare(client)
      onTestFinished(async () => {
        await client.stop()
        wire.close()
      })
      await client.start()
      return { wire, key, client }
    }

    test('loses and doubles nothing while the wire is cut again and again', async () => {
      const ticks: number[] = []
      let closed: unknown
      const { wire, key, client } = await start((it) => {
        it.onclose((error) => {
          closed = error ?? 'without an error'
        })
        it.on('Tick', (i: number) => void ticks.push(i))
      })
      const id = client.connectionId
      const cuts = cutWhileBusy(wire, client, () => ticks.length, COUNT)
      const sending = sendAll(client, key)
      for (let told = 0; told < COUNT; told += BURST) await client.invoke('Burst', BURST)
      await sending
      expect(closed).toBeUndefined()
      expect(await client.invoke('Recorded', key)).toEqual(range(COUNT))
      expect(ticks).toEqual(range(COUNT).map((i) => i % BURST))
      expect(await client.invoke('ConnectionId')).toBe(id)
      expect(await client.invoke('Lifecycle', key)).toEqual([1, 0, null])
      expect(await cuts).toBeGreaterThan(0)
    })

    test('goes on with its call, its streams and its groups', async () => {
      const heard: string[] = []
      const { wire, key, client } = await start((it) =>
        it.on('Receive', (tag: string) => void heard.push(tag)),
      )
      await client.invoke('Join', key)
      const call = client.invoke('Delay', 300, 'done')
      const numbers = new Subject<number>()
      const sum = client.invoke('UploadSum', numbers)
      numbers.next(1)
      const items = itemsOf(client, 'Count', 5, 60)
      wire.cut()
      const other = await start()
      await other.client.invoke('SendGroup', key, 'while it was away, or not')
      numbers.next(2)
      numbers.complete()
      expect(await Promise.all([call, sum, items])).toEqual(['done', 3, range(5)])
      await expect.poll(() => heard).toEqual(['while it was away, or not'])
    })
  },
)

function build(url: string, encoding: string): HubConnection {
  return new HubConnectionBuilder()
    .withUrl(url, { transport: HttpTransportType.WebSockets })
    .withHubProtocol(encoding === 'json' ? new JsonHubProtocol() : new MessagePackHubProtocol())
    .withStatefulReconnect()
    .withServerTimeout(PATIENCE)
    .configureLogging(LogLevel.None)
    .build()
}

async function sendAll(client: HubConnection, key: string): Promise<void> {
  for (const i of range(COUNT)) await client.send('Append', key, i)
}

function itemsOf(client: HubConnection, method: string, ...args: unknown[]): Promise<unknown[]> {
  const items: unknown[] = []
  return new Promise((resolve, reject) => {
    client.stream(method, ...args).subscribe({
      next: (item) => void items.push(item),
      error: reject,
      complete: () => resolve(items),
    })
  })
}

/**
 * Cuts the wire until so much has come by it. The client ends when it is cut while it connects again, so it has to be
 * told something by the next one first.
 *
 * @returns how often it was cut
 */
async function cutWhileBusy(
  wire: Wire,
  client: HubConnection,
  received: () => number,
  most: number,
): Promise<number> {
  let cuts = 0
  const until = async (isSo: () => boolean): Promise<void> => {
    while (!isSo() && client.state === HubConnectionState.Connected) await pause(2)
  }
  while (received() < most && client.state === HubConnectionState.Connected) {
    const before = wire.connections
    wire.cut()
    cuts++
    await until(() => wire.connections > before)
    const old = received()
    await until(() => received() > old)
    await pause(5 + Math.random() * 40)
  }
  return cuts
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i)
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
