import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { createEndpoint } from '@wirebeat/core'
import { createHub } from '@wirebeat/hub'
import { HubTestClient } from '@wirebeat/hub/testing'
import { createTopics } from '@wirebeat/topics'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { Broker } from './broker.ts'
import { chat } from './chat.ts'
import type { Kind } from './kinds.ts'

/** Puts hubs on several servers, which reach each other over a broker. */
export function testHubs(kind: Kind): void {
  describe(`hubs over ${kind.name}`, () => {
    let broker: Broker
    beforeAll(async () => {
      broker = await kind.start('hubs')
    })
    afterAll(() => broker.close())

    test('reach the connections of each other', async () => {
      const { one, two } = await servers(kind, broker)
      const [ada, bob] = [await person(one), await person(two)]
      const { hub } = one
      // In order, though the connection has to be looked for.
      const texts = Array.from({ length: 200 }, (_, index) => String(index))
      const sent = texts.map((text) => hub.clients.connection(bob.id).send('said', text))
      for (const one of sent) expect(await one.confirmed()).toBe(true)
      expect(bob.heard).toEqual(texts)
      expect(await ada.client.invoke('tell', bob.id, 'hello')).toBe(true)

      bob.client.on('confirm', (question) => question === 'Sure?')
      const sure = hub.clients.connection(bob.id).invoke('confirm', { timeout: 10_000 }, 'Sure?')
      expect(await sure).toBe(true)

      expect(await hub.groups.add(bob.id, 'g')).toBe(true)
      expect(two.hub.groups.members('g')).toEqual([bob.id])
      expect(await hub.groups.remove(bob.id, 'g')).toBe(true)
      expect(await hub.disconnect({ connection: bob.id }, { allowReconnect: true })).toBe(1)
      expect(await bob.client.closed).toMatchObject({ allowReconnect: true })
      // It is known nowhere now, which takes no time to find out.
      const begun = performance.now()
      await expect(
        hub.clients.connection(bob.id).invoke('confirm', { timeout: 60_000 }, 'There?'),
      ).rejects.toMatchObject({ reason: 'gone' })
      expect(performance.now() - begun).toBeLessThan(4_000)
    })

    test('end a user on all servers', async () => {
      const { one, two, three } = await servers(kind, broker)
      const people = await Promise.all([one, two, three].map((server) => person(server, 'ada')))
      const other = await person(three, 'bob')
      expect(await one.hub.disconnect({ user: 'ada' })).toBe(3)
      for (const { client } of people) expect(await client.closed).toMatchObject({ code: 1000 })
      expect(await other.client.invoke('id')).toBe(other.id)
    })

    test('learn that a server was killed which they wait for', async () => {
      const { one } = await servers(kind, broker)
      const program = fileURLToPath(new URL('hub-server.js', import.meta.url))
      const child = spawn(process.execPath, [program, kind.name, String(broker.ports[0])], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      onTestFinished(() => void child.kill('SIGKILL'))
      const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
      const id: string = (await lines.next()).value
      while (one.topics.servers.length < 3) await pause(10)
      const answer = one.hub.clients.connection(id).invoke('confirm', { timeout: 600_000 }, 'Sure?')
      answer.catch(() => {})
      expect((await lines.next()).value).toBe('Sure?')
      child.kill('SIGKILL')
      await once(child, 'exit')
      const begun = performance.now()
      await expect(answer).rejects.toMatchObject({
        reason: 'gone',
        message: `The server of connection '${id}' is gone.`,
      })
      // After 12.5 s without a word, which is looked at every 5 s, on a busy machine.
      expect(performance.now() - begun).toBeLessThan(30_000)
      const late = one.hub.clients.connection(id)
      await expect(late.invoke('confirm', { timeout: 600_000 }, 'There?')).rejects.toMatchObject({
        reason: 'gone',
      })
      expect(await one.hub.groups.add(id, 'g')).toBe(false)
    })
  })
}

/** Three servers that know each other. */
async function servers(kind: Kind, broker: Broker) {
  const [one, two, three] = [server(kind, broker), server(kind, broker), server(kind, broker)]
  for (const { topics } of [one, two, three]) {
    await topics.ready()
    while (topics.servers.length < 2) await pause(10)
  }
  return { one, two, three }
}

function server(kind: Kind, broker: Broker) {
  const ports = new Map(broker.ports.map((port) => [port, port]))
  const topics = createTopics({ backplane: kind.make(ports), encodings: ['json'] })
  const hub = createHub(chat, { topics, userId: ({ name }) => name })
  const endpoint = createEndpoint({
    session: hub.session,
    authorize: ({ url }) => ({ name: url.slice(1) }),
  })
  onTestFinished(async () => {
    await hub.close()
    await topics.close()
  })
  return { topics, hub, endpoint }
}

/** Connects somebody to a server. */
async function person({ endpoint }: ReturnType<typeof server>, name = 'somebody') {
  const client = await HubTestClient.connect<typeof chat>(endpoint, { url: `/${name}` })
  const heard: string[] = []
  client.on('said', (text) => heard.push(text))
  return { client, heard, id: await client.invoke('id') }
}
