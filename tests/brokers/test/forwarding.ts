import { listen } from '@wirebeat/adapter-ws'
import { createEndpoint } from '@wirebeat/core'
import { httpTransports } from '@wirebeat/http-transports'
import { createTopics } from '@wirebeat/topics'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { Broker } from './broker.ts'
import type { Kind } from './kinds.ts'

/** How many bytes what stands before a forwarded body takes at most here. */
const HEAD = 500

/** Sends requests to servers that do not have their connections, and that reach those that do over a broker. */
export function testForwarding(kind: Kind): void {
  describe(`requests over ${kind.name}`, () => {
    let broker: Broker
    beforeAll(async () => {
      broker = await kind.start('requests')
    })
    afterAll(() => broker.close())

    test('reach the server that has their connection, in order, up to the size that the broker takes', async () => {
      const one = await serve(kind, broker, 'one')
      const two = await serve(kind, broker, 'two')
      for (const { topics } of [one, two]) {
        await expect.poll(() => topics.servers.length, { timeout: 30_000 }).toBe(1)
      }
      const token = await negotiate(one.url)
      expect((await fetch(`${one.url}?id=${token}`)).status).toBe(200)

      const sent = Array.from({ length: 50 }, (_, index) => String(index))
      for (const [index, text] of sent.entries()) {
        const { url } = index % 3 === 0 ? one : two
        expect(await post(url, token, text)).toEqual([200, ''])
      }
      expect(one.messages).toEqual(sent)

      const { maxQuestion } = two.topics
      const large = 'x'.repeat(maxQuestion - HEAD)
      expect(await post(two.url, token, large)).toEqual([200, ''])
      expect(one.messages.at(-1) === large).toBe(true)
      const [status, why] = await post(two.url, token, 'x'.repeat(maxQuestion))
      expect([status, why]).toEqual([413, expect.stringContaining('too large to be forwarded')])

      const left = await fetch(`${two.url}?id=${token}`, { method: 'DELETE' })
      expect(left.status).toBe(202)
      expect(await post(two.url, token, 'late')).toEqual([404, 'No Connection with that ID'])
    })
  })
}

async function serve(kind: Kind, broker: Broker, serverName: string) {
  const ports = new Map(broker.ports.map((port) => [port, port]))
  const topics = createTopics({ backplane: kind.make(ports) })
  await topics.ready()
  const messages: unknown[] = []
  const endpoint = createEndpoint({
    path: '/hub',
    // More than a broker takes, so that it is the broker that says no.
    maxMessageSize: 2 * topics.maxQuestion,
    session: { message: (_connection, message) => messages.push(message) },
    keepAliveInterval: 0,
    // The test polls once, and may take long on a busy machine.
    httpTransports: httpTransports({
      serverName,
      servers: topics,
      openTimeout: 600_000,
      nextPollTimeout: 600_000,
    }),
  })
  const server = await listen(endpoint, { host: '127.0.0.1', port: 0 })
  onTestFinished(async () => {
    await endpoint.close({ deadline: 0 })
    await server.close()
    await topics.close()
  })
  return { topics, messages, url: `http://127.0.0.1:${server.port}/hub` }
}

async function negotiate(url: string): Promise<string> {
  const answer = await fetch(`${url}/negotiate?negotiateVersion=1`, { method: 'POST' })
  return ((await answer.json()) as { connectionToken: string }).connectionToken
}

async function post(url: string, token: string, body: string): Promise<[number, string]> {
  const answer = await fetch(`${url}?id=${token}`, { method: 'POST', body })
  return [answer.status, await answer.text()]
}
