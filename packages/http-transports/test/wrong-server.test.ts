import { once } from 'node:events'
import { request as ask, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  HttpTransportType,
  type HubConnection,
  HubConnectionBuilder,
  LogLevel,
} from '@microsoft/signalr'
import { adapters, can } from '@wirebeat/test-support'
import { createTopics } from '@wirebeat/topics'
import { createBroker } from '@wirebeat/topics/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { serveHub } from './support/hub-server.ts'

const adapter = adapters.find((one) => can(one, 'plain-requests')) ?? adapters[0]

/** Servers on one broker. */
async function serveSeveral(names: readonly string[]) {
  if (adapter === undefined) throw new Error('There is no adapter.')
  const broker = createBroker()
  const servers = []
  for (const serverName of names) {
    const topics = createTopics({ backplane: broker.backplane(), name: serverName })
    const server = await serveHub(adapter, {
      serverName,
      servers: topics,
      nextPollTimeout: 600_000,
    })
    onTestFinished(async () => {
      await server.close()
      await topics.close()
    })
    servers.push({ ...server, name: serverName, topics })
  }
  for (const { topics } of servers) {
    await expect.poll(() => topics.servers.length, { timeout: 20_000 }).toBe(names.length - 1)
  }
  return servers
}

/** A proxy that routes what goes on by the name in its token, and each other request to the next server in turn. */
async function proxied(servers: Awaited<ReturnType<typeof serveSeveral>>) {
  /** How many requests of each method went to a server that the token does not name. */
  const wrong: Record<string, number> = {}
  let turn = 0
  const proxy = createServer((request, response) => {
    const { method = '', url = '', headers } = request
    const named = servers.find(({ name }) => url.includes(`id=${name}.`))
    const next = servers[turn++ % servers.length]
    const server = method === 'GET' ? named : next
    if (named !== undefined && server !== named) wrong[method] = (wrong[method] ?? 0) + 1
    const { port } = new URL(server?.url ?? '')
    const onward = ask({ port, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    onward.on('error', () => response.destroy())
    response.on('close', () => onward.destroy())
    request.pipe(onward)
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  onTestFinished(() => {
    proxy.close()
    proxy.closeAllConnections()
  })
  return { wrong, url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}/hub` }
}

async function start(url: string, transport: HttpTransportType): Promise<HubConnection> {
  const client = new HubConnectionBuilder()
    .withUrl(url, { transport })
    .configureLogging(LogLevel.None)
    .build()
  onTestFinished(() => client.stop())
  await client.start()
  return client
}

describe.each([
  ['Server-Sent Events', HttpTransportType.ServerSentEvents, 'lost'],
  ['long polling', HttpTransportType.LongPolling, 'client'],
] as const)('the official client by %s', (_name, transport, cause) => {
  test.each([[['alpha', 'beta']], [['alpha', 'beta', 'gamma']]])(
    'is answered in order where its requests go to any of %j',
    async (names) => {
      const servers = await serveSeveral(names)
      const { url, wrong } = await proxied(servers)
      const client = await start(url, transport)
      const answers: number[] = []
      const calls = Array.from({ length: 30 }, async (_, call) => {
        answers.push(await client.invoke('echo', call))
      })
      await Promise.all(calls)
      expect(answers).toEqual(answers.map((_, call) => call))
      expect(answers).toHaveLength(30)
      for (let call = 0; call < 10; call++) expect(await client.invoke('echo', call)).toBe(call)
      expect(wrong['POST']).toBeGreaterThan(3)

      const own = servers.find(({ opened }) => opened.length > 0)
      await client.stop()
      await own?.opened[0]?.closed
      expect(own?.ends.map(({ cause }) => cause)).toEqual([cause])
    },
  )

  test('is told when the server of its connection dies', async () => {
    const servers = await serveSeveral(['alpha', 'beta'])
    const { url } = await proxied(servers)
    const client = await start(url, transport)
    expect(await client.invoke('echo', 'hello')).toBe('hello')
    const closed = new Promise((resolve) => client.onclose(resolve))
    const own = servers.find(({ opened }) => opened.length > 0)
    await own?.close()
    await own?.topics.close()
    await closed
    const [other] = servers.filter((server) => server !== own)
    await expect.poll(() => other?.topics.servers, { timeout: 20_000 }).toEqual([])
    const { status } = await fetch(
      `${other?.url}?id=${own?.name}.${own?.topics.server}.${'A'.repeat(22)}`,
      {
        method: 'POST',
      },
    )
    expect(status).toBe(404)
  })
})
